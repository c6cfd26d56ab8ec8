from django.db import models


class Verdict(models.TextChoices):
    RECEIVED = "received", "待处理"
    BOOKED = "booked", "已入账"
    REPEATED = "repeated", "重复"
    REFUSED = "refused", "拒绝"
    ALARMED = "alarmed", "告警"
    IGNORED = "ignored", "无需处理"


class ProviderEvent(models.Model):
    """The inbox: a verified notification, kept as it came before anything is done with it."""

    provider = models.CharField("渠道", max_length=20)
    event_id = models.CharField("通知编号", max_length=64)
    event_type = models.CharField("通知类型", max_length=40)
    out_trade_no = models.CharField("商户订单号", max_length=64, blank=True, db_index=True)
    headers = models.JSONField("报头")
    body = models.BinaryField("报文")
    received_at = models.DateTimeField("收到时间")
    verdict = models.CharField("结论", max_length=10, choices=Verdict, default=Verdict.RECEIVED)
    note = models.CharField("说明", max_length=200, blank=True)
    processed_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        verbose_name = "渠道通知"
        verbose_name_plural = "渠道通知"
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="one_row_per_event")
        ]
        indexes = [models.Index(fields=["verdict", "received_at"])]

    def __str__(self) -> str:
        return self.event_id
