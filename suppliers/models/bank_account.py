from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers.models.supplier import Supplier
from suppliers.states import BankAccountState


class SupplierBankAccount(models.Model):
    """收款账户: where a supplier is paid; one person proposes it, another confirms it.

    While a proposal waits, nothing is paid to the supplier (`payment_is_on_hold`).
    """

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="bank_accounts"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=BankAccountState, default=BankAccountState.PROPOSED
    )
    bank = models.CharField(_("开户行"), max_length=80)
    holder = models.CharField(_("户名"), max_length=80)
    number = models.CharField(_("账号"), max_length=30)
    reason = models.CharField(_("依据"), max_length=200)
    proposed_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("提出人"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("复核人"),
        related_name="+",
    )
    decided_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    remark = models.CharField(_("复核意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("收款账户")
        verbose_name_plural = pgettext_lazy("plural", "收款账户")
        ordering = ["-pk"]
        permissions = [
            ("propose_bank_account", _("提出收款账户")),
            ("confirm_bank_account", _("复核收款账户")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{6,30}$"), name="bank_account_digits"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("proposed_by")),
                name="bank_account_two_people",
            ),
            models.UniqueConstraint(
                fields=["supplier"],
                condition=Q(state=BankAccountState.CONFIRMED),
                name="one_bank_account_in_force",
            ),
            models.UniqueConstraint(
                fields=["supplier"],
                condition=Q(state=BankAccountState.PROPOSED),
                name="one_bank_account_proposed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"
