from django.db import models

from office.models import Company, User
from office.scope import CompanyScope


class Alarm(models.Model):
    """Something about money a person must look at; closed by a recorded decision."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name="公司", related_name="+"
    )
    kind = models.CharField("种类", max_length=40)
    key = models.CharField("唯一键", max_length=120, unique=True)
    sentence = models.CharField("说明", max_length=300)
    facts = models.JSONField("事实", default=dict)
    raised_at = models.DateTimeField("发生时间")
    resolved_at = models.DateTimeField("处理时间", null=True)
    resolved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name="处理人", related_name="+"
    )
    decision = models.CharField("处理意见", max_length=300, blank=True)

    objects = CompanyScope["Alarm"].as_manager()

    class Meta:
        permissions = [
            ("resolve_alarm", "处理资金告警"),
        ]
        verbose_name = "资金告警"
        verbose_name_plural = "资金告警"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.sentence
