from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.ticket import Ticket
from office.scope import CompanyScope


class SolutionVerdict(models.Model):
    """用户确认: the customer's verdict on a resolution: solved or not, once each.

    Append-only. It is not the satisfaction, which the call-back asks for.
    """

    company_path = "ticket__company"

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, verbose_name=_("工单"), related_name="verdicts"
    )
    redo_round = models.PositiveSmallIntegerField(_("返工轮次"))
    solved = models.BooleanField(_("已解决"))
    remark = models.CharField(_("用户意见"), max_length=300, blank=True)
    said_by = models.CharField(_("用户"), max_length=80)
    said_at = models.DateTimeField(_("时间"))

    objects = CompanyScope["SolutionVerdict"].as_manager()

    class Meta:
        verbose_name = _("用户确认")
        verbose_name_plural = pgettext_lazy("plural", "用户确认")
        ordering = ["ticket", "redo_round"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "redo_round"], name="one_verdict_per_resolution"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} #{self.redo_round}"
