from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.change_states import AdvanceRefundState
from billing.models.bank_account import CompanyBankAccount
from billing.models.money_owner import CONTRACT_OR_CONNECTION, MoneyOwner
from customers.models import Connection, SupplyContract
from office.models import Company, User
from office.scope import CompanyScope


class AdvanceRefund(MoneyOwner, models.Model):
    """预存退款: money paid back out of a contract's advance, or out of what a connection was paid
    beyond its contract, by bank transfer, approved by others.

    It is posted when the bank has paid it, under the bank's own reference.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("合同"),
        related_name="advance_refunds",
    )
    connection = models.ForeignKey(
        Connection,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("供热入网"),
        related_name="advance_refunds",
    )
    amount_fen = models.BigIntegerField(_("退款金额（分）"))
    payee_name = models.CharField(_("收款人"), max_length=80)
    payee_bank = models.CharField(_("收款银行"), max_length=80)
    payee_account = models.CharField(_("收款账号"), max_length=40)
    reason = models.CharField(_("原因"), max_length=200)
    source = models.CharField(_("依据"), max_length=120)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=AdvanceRefundState,
        default=AdvanceRefundState.DRAFTED,
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    created_at = models.DateTimeField(_("起草时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)
    bank_account = models.ForeignKey(
        CompanyBankAccount,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("付款账户"),
        related_name="+",
    )
    reference = models.CharField(_("银行流水号"), max_length=64, blank=True)
    paid_at = models.DateTimeField(_("付款时间"), null=True)
    # The key of the form that drafted it; the same form sent again finds it.
    form_key = models.CharField(max_length=64, null=True, unique=True, editable=False)

    objects = CompanyScope["AdvanceRefund"].as_manager()

    class Meta:
        permissions = [
            ("draft_advance_refund", _("起草预存退款")),
            ("approve_advance_refund", _("审核预存退款")),
            ("pay_advance_refund", _("登记退款付款")),
            ("cancel_advance_refund", _("取消预存退款")),
        ]
        verbose_name = _("预存退款")
        verbose_name_plural = pgettext_lazy("plural", "预存退款")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="advance_refund_above_zero"),
            models.CheckConstraint(condition=CONTRACT_OR_CONNECTION, name="refund_to_somebody"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="advance_refund_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True, bank_account__isnull=True, reference="")
                | (Q(paid_at__isnull=False, bank_account__isnull=False) & ~Q(reference="")),
                name="advance_refund_paid_by_a_bank",
            ),
            models.UniqueConstraint(
                fields=["bank_account", "reference"],
                condition=Q(paid_at__isnull=False),
                name="one_advance_refund_per_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
