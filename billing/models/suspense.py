from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.money_owner import CONTRACT_OR_CONNECTION, MoneyOwner
from billing.models.payment import Payment
from customers.models import Connection, SupplyContract
from office.models import Company, User
from office.scope import CompanyScope


class SuspenseAssignment(MoneyOwner, models.Model):
    """待查款项转入: the contract or connection to which a payment in suspense belongs; append-only.

    A payment has one at most. Returning the money to its payer would be another way out of
    suspense, which does not exist yet.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, verbose_name=_("收款"), related_name="assignment"
    )
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("转入合同"),
        related_name="+",
    )
    connection = models.ForeignKey(
        Connection,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("供热入网"),
        related_name="+",
    )
    reason = models.CharField(_("核实说明"), max_length=200)
    assigned_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    assigned_at = models.DateTimeField(_("转入时间"))

    objects = CompanyScope["SuspenseAssignment"].as_manager()

    class Meta:
        permissions = [
            ("assign_suspense", _("待查款项转入")),
        ]
        verbose_name = _("待查款项转入")
        verbose_name_plural = pgettext_lazy("plural", "待查款项转入")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=CONTRACT_OR_CONNECTION, name="assignment_to_somebody")
        ]

    def __str__(self) -> str:
        return f"{self.payment_id}"
