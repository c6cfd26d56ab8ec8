from django.db import models

from complaints.ladder import LADDER, Clock
from complaints.models.call_back import CallBack
from complaints.models.ticket import Ticket
from office.scope import CompanyScope

_CLOCKS = [
    (Clock.PROMISE.value, "服务承诺"),
    (Clock.OUTSIDE.value, "12345 限办"),
    (Clock.CALL_BACK.value, "回访"),
]


class Escalation(models.Model):
    """升级: that a role was to be told of a promise running out, once per step. Append-only."""

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name="工单", related_name="escalations"
    )
    call_back = models.ForeignKey(
        CallBack,
        on_delete=models.PROTECT,
        null=True,
        verbose_name="回访",
        related_name="escalations",
    )
    clock = models.CharField("时钟", max_length=10, choices=_CLOCKS)
    step = models.CharField(
        "级别", max_length=16, choices=[(rung.step, rung.label) for rung in LADDER]
    )
    role = models.CharField("通知角色", max_length=30)
    due_at = models.DateTimeField("到期时间")
    found_at = models.DateTimeField("发现时间")

    objects = CompanyScope["Escalation"].as_manager()

    class Meta:
        verbose_name = "超时升级"
        verbose_name_plural = "超时升级"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "clock", "call_back", "step", "due_at"],
                nulls_distinct=False,
                name="told_once_per_step",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.get_step_display()}"
