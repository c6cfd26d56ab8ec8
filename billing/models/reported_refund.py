from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.payment import Attempt
from office.models import Company
from office.scope import CompanyScope


class ReportedRefund(models.Model):
    """渠道退款: a refund that the provider reported, one row per refund; append-only.

    `number` is the provider's refund id. When only the order is known to be refunded it is
    "order:" and the order's number, and the amount is unknown: all the order's money is then
    blocked. The row has no payment, because a refund may be reported before its payment is booked;
    `transaction_id` leads to it.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, verbose_name=_("线上订单"), related_name="refunds"
    )
    provider = models.CharField(_("渠道"), max_length=20)
    transaction_id = models.CharField(_("渠道流水号"), max_length=80)
    number = models.CharField(_("退款单号"), max_length=80)
    amount_fen = models.BigIntegerField(_("退款金额（分）"), null=True)
    status = models.CharField(_("渠道状态"), max_length=20)
    reported_at = models.DateTimeField(_("得知时间"))

    objects = CompanyScope["ReportedRefund"].as_manager()

    class Meta:
        verbose_name = _("渠道退款")
        verbose_name_plural = pgettext_lazy("plural", "渠道退款")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "number"], name="one_row_per_refund")
        ]
        indexes = [models.Index(fields=["provider", "transaction_id"])]

    def __str__(self) -> str:
        return self.number
