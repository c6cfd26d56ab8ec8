"""What is owed to a reporter and when: rules as dated data, promises, and notices to officers."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.officer import Officer
from whistleblowing.models.report import Report


class StepKind(models.TextChoices):
    """A step that is owed by a due time."""

    ACKNOWLEDGE = "acknowledge", _("告知已收到")
    ACCEPT = "accept", _("告知是否受理")
    FEEDBACK = "feedback", _("反馈")
    RESULT = "result", _("告知办理结果")
    REPLY = "reply", _("答复来信")
    OBJECT = "object", _("检举人可提出异议")


class ClockRule(models.Model):
    """办理时限: how long a step may take, from a date on, and by which source.

    `terms` is a rule of the service clock (`office/clock/terms.py`) or a number of calendar months
    (`clocks/promises.py`); the reminder goes out `remind_days` before the due time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    step = models.CharField(_("事项"), max_length=20, choices=StepKind)
    starts = models.DateField(_("施行日期"))
    terms = models.JSONField(_("时限"))
    remind_days = models.PositiveSmallIntegerField(_("提前提醒天数"))
    source = models.CharField(_("依据"), max_length=120)

    class Meta:
        verbose_name = _("办理时限")
        verbose_name_plural = pgettext_lazy("plural", "办理时限")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["step", "starts"], name="one_clock_rule_per_day")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OwedStep(models.Model):
    """待办事项: a step owed; `provisional` where the calendar's year is not published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="owed_steps")
    step = models.CharField(_("事项"), max_length=20, choices=StepKind)
    rule = models.ForeignKey(ClockRule, on_delete=models.PROTECT, related_name="+")
    begins_at = models.DateTimeField(_("起算时间"))
    due_at = models.DateTimeField(_("到期时间"))
    provisional = models.BooleanField(default=False)
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("待办事项")
        verbose_name_plural = pgettext_lazy("plural", "待办事项")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["report", "step"],
                condition=models.Q(done_at__isnull=True),
                name="one_open_step_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Notice(models.Model):
    """提醒: tells an officer that something is due or overdue, without saying of what.

    A reminder goes to the readers of the report; an escalation to somebody who holds no key of it
    and therefore learns nothing but the step and the date.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="notices")
    owed_step = models.ForeignKey(OwedStep, on_delete=models.PROTECT, related_name="notices")
    escalated = models.BooleanField(_("升级"), default=False)
    at = models.DateTimeField(_("时间"))
    seen_at = models.DateTimeField(_("已阅时间"), null=True)

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = pgettext_lazy("plural", "提醒")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "owed_step", "escalated"], name="told_once_per_officer"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
