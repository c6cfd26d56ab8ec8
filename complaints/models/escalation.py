from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.ladder import LADDER, Clock
from complaints.models.call_back import CallBack
from complaints.models.ticket import Ticket
from office.scope import CompanyScope

_CLOCKS = [
    (Clock.PROMISE.value, _("服务承诺")),
    (Clock.OUTSIDE.value, _("12345 限办")),
    (Clock.CALL_BACK.value, _("回访")),
]


class Escalation(models.Model):
    """升级: one notification of a role per step that a due time is near or over. Append-only."""

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="escalations"
    )
    call_back = models.ForeignKey(
        CallBack,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("回访"),
        related_name="escalations",
    )
    clock = models.CharField(_("时钟"), max_length=10, choices=_CLOCKS)
    step = models.CharField(
        _("级别"), max_length=16, choices=[(rung.step, rung.label) for rung in LADDER]
    )
    role = models.CharField(_("通知角色"), max_length=30)
    due_at = models.DateTimeField(_("到期时间"))
    found_at = models.DateTimeField(_("发现时间"))

    objects = CompanyScope["Escalation"].as_manager()

    class Meta:
        verbose_name = _("超时升级")
        verbose_name_plural = pgettext_lazy("plural", "超时升级")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "clock", "call_back", "step", "due_at"],
                nulls_distinct=False,
                name="told_once_per_step",
            )
        ]
        # For the list of who is told.
        indexes = [models.Index(fields=["role", "-id"], name="escalation_role_newest")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.get_step_display()}"
