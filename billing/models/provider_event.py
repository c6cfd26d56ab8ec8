from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Verdict(models.TextChoices):
    """What became of a notification."""

    RECEIVED = "received", _("待处理")
    BOOKED = "booked", _("已入账")
    REPEATED = "repeated", _("重复")
    REFUSED = "refused", _("拒绝")
    ALARMED = "alarmed", _("告警")
    IGNORED = "ignored", _("无需处理")


class ProviderEvent(models.Model):
    """A verified notification, stored as it came before it is processed: the inbox."""

    provider = models.CharField(_("渠道"), max_length=20)
    event_id = models.CharField(_("通知编号"), max_length=64)
    event_type = models.CharField(_("通知类型"), max_length=40)
    out_trade_no = models.CharField(_("商户订单号"), max_length=64, blank=True, db_index=True)
    headers = models.JSONField(_("报头"))
    body = models.BinaryField(_("报文"))
    received_at = models.DateTimeField(_("收到时间"))
    verdict = models.CharField(_("结论"), max_length=10, choices=Verdict, default=Verdict.RECEIVED)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    processed_at = models.DateTimeField(_("处理时间"), null=True)
    tries = models.PositiveSmallIntegerField(_("失败次数"), default=0, db_default=0)
    next_try_at = models.DateTimeField(_("下次处理"), null=True)

    class Meta:
        verbose_name = _("渠道通知")
        verbose_name_plural = pgettext_lazy("plural", "渠道通知")
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="one_row_per_event")
        ]
        indexes = [models.Index(fields=["verdict", "received_at"])]

    def __str__(self) -> str:
        return self.event_id
