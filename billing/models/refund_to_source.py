from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.change_states import RefundToSourceState
from billing.models.payment import Payment
from customers.models import SupplyContract
from office.models import Company, User
from office.scope import CompanyScope


class RefundToSource(models.Model):
    """原路退款: an advance paid back by WeChat Pay to whom the money came from.

    `number` is drawn once and goes with every try. The amount leaves the advance when the refund is
    approved (`REFUND_BLOCKED`), and the channel when WeChat Pay says that it succeeded.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        verbose_name=_("原收款"),
        related_name="refunds_to_source",
    )
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        verbose_name=_("合同"),
        related_name="refunds_to_source",
    )
    amount_fen = models.BigIntegerField(_("退款金额（分）"))
    reason = models.CharField(_("原因"), max_length=200)
    source = models.CharField(_("依据"), max_length=120)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=RefundToSourceState,
        default=RefundToSourceState.DRAFTED,
    )
    number = models.CharField(_("商户退款单号"), max_length=64, unique=True)
    refund_id = models.CharField(_("微信退款单号"), max_length=64, blank=True)
    error_code = models.CharField(_("错误码"), max_length=64, blank=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    created_at = models.DateTimeField(_("起草时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)
    tries = models.PositiveIntegerField(_("尝试次数"), default=0)
    tried_at = models.DateTimeField(_("上次尝试"), null=True)
    # WeChat Pay refused the last request: nothing of it is left there, so it may be given up.
    refused_at = models.DateTimeField(_("拒绝时间"), null=True)
    next_try_at = models.DateTimeField(_("下次尝试"), null=True, db_index=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    # The key of the form that drafted it; the same form sent again finds it.
    form_key = models.CharField(max_length=64, null=True, unique=True, editable=False)

    objects = CompanyScope["RefundToSource"].as_manager()

    class Meta:
        permissions = [
            ("draft_refund_to_source", _("起草原路退款")),
            ("approve_refund_to_source", _("审核原路退款")),
            ("cancel_refund_to_source", _("取消原路退款")),
        ]
        verbose_name = _("原路退款")
        verbose_name_plural = pgettext_lazy("plural", "原路退款")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0), name="refund_to_source_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="refund_to_source_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.number
