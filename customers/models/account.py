from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.premise import Premise
from office.models import Company
from office.scope import CompanyScope


class SupplyState(models.TextChoices):
    HEATED = "heated", _("正常")
    STOPPED = "stopped", _("报停")


class Account(models.Model):
    """户号: the number that a customer quotes and a cashier types; it stays with the premise."""

    # The premise's, repeated for the unique number; `check_ledger` proves that they agree.
    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        verbose_name=_("公司"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    number = models.CharField(_("户号"), max_length=20)
    # Proved in sets: migration 0007.
    premise = models.OneToOneField(
        Premise,
        on_delete=models.PROTECT,
        verbose_name=_("用热地点"),
        related_name="account",
        db_constraint=False,
    )
    supply_state = models.CharField(
        _("供热状态"), max_length=10, choices=SupplyState, default=SupplyState.HEATED
    )
    opened_on = models.DateField(_("开户日期"))

    objects = CompanyScope["Account"].as_manager()

    class Meta:
        permissions = [
            ("open_account", _("开户")),
        ]
        verbose_name = _("户号")
        verbose_name_plural = pgettext_lazy("plural", "户号")
        ordering = ["company", "number"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="one_account_per_number")
        ]
        indexes = [
            models.Index(
                fields=["number"], opclasses=["varchar_pattern_ops"], name="account_number_prefix"
            )
        ]

    def __str__(self) -> str:
        return self.number
