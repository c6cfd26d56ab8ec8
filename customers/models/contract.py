from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.account import Account
from customers.models.customer import Customer
from office.models import Company
from office.scope import CompanyScope
from office.tables.history import keep_history


class Charging(models.TextChoices):
    AREA = "area", _("面积")
    METERED = "metered", _("计量")


@keep_history()
class SupplyContract(models.Model):
    """用热合同: the contract that says who owes for the heat of an account, from `starts` until
    before
    `ends`.

    The database lets an account have one contract at a time (see migration 0002).
    """

    # The account's, repeated for the lists; `check_ledger` proves that they agree.
    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        verbose_name=_("公司"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    # Proved in sets: migration 0007.
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        verbose_name=_("户号"),
        related_name="contracts",
        db_constraint=False,
    )
    # Proved in sets: migration 0007.
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        verbose_name=_("用户"),
        related_name="contracts",
        db_constraint=False,
    )
    # Proved in sets: migration 0007.
    payer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("代付方"),
        related_name="paid_contracts",
        db_constraint=False,
        db_index=False,
    )
    number = models.CharField(_("合同编号"), max_length=40)
    charging = models.CharField(
        _("计费方式"), max_length=10, choices=Charging, default=Charging.AREA
    )
    meter_number = models.CharField(_("表号"), max_length=30, blank=True)
    signed_on = models.DateField(_("签订日期"), null=True, blank=True)
    starts = models.DateField(_("生效日期"))
    ends = models.DateField(_("终止日期"), null=True, blank=True)

    objects = CompanyScope["SupplyContract"].as_manager()

    class Meta:
        permissions = [
            ("transfer_ownership", _("办理过户")),
            ("end_contract", _("终止合同")),
        ]
        verbose_name = _("用热合同")
        verbose_name_plural = pgettext_lazy("plural", "用热合同")
        ordering = ["account", "-starts"]
        indexes = [
            models.Index(
                fields=["payer"], condition=Q(payer__isnull=False), name="contracts_of_payer"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ends__isnull=True), name="one_open_contract"
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts")),
                name="contract_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def in_force_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)

    @property
    def debtor(self) -> Customer:
        """Returns who owes the bills: the payer who took them over, else the customer."""
        return self.payer or self.customer
