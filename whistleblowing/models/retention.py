"""Until when concluded reports are kept, warnings of the end, holds, and destruction."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.report import Report
from whistleblowing.words import Conclusion


class RetentionRule(models.Model):
    """保存期限: how many months reports with a conclusion are kept, from a date on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conclusion = models.CharField(_("结论"), max_length=10, choices=Conclusion)
    months = models.PositiveSmallIntegerField(_("保存月数"))
    starts = models.DateField(_("施行日期"))
    source = models.CharField(_("依据"), max_length=120)

    class Meta:
        verbose_name = _("保存期限")
        verbose_name_plural = pgettext_lazy("plural", "保存期限")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["conclusion", "starts"], name="one_retention_rule_per_day"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Retention(models.Model):
    """保存: the last day of a closed report, by the rule of the day on which it was closed.

    `held_at` is set while a legal hold stops the destruction; its reason stands in the case log.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="retention")
    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="+")
    last_day = models.DateField(_("保存至"))
    held_at = models.DateTimeField(_("保全时间"), null=True)

    class Meta:
        verbose_name = _("保存")
        verbose_name_plural = pgettext_lazy("plural", "保存")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class RetentionWarning(models.Model):
    """销毁预告: says to the readers that a report is destroyed in so many days; each once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    retention = models.ForeignKey(Retention, on_delete=models.PROTECT, related_name="warnings")
    days = models.PositiveSmallIntegerField(_("提前天数"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("销毁预告")
        verbose_name_plural = pgettext_lazy("plural", "销毁预告")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["retention", "days"], name="warned_once_per_term")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Destruction(models.Model):
    """销毁记录: that a report was destroyed at the end of its retention, when and by which rule;
    nothing says which. PostgreSQL refuses to change or delete a row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("销毁记录")
        verbose_name_plural = pgettext_lazy("plural", "销毁记录")
        default_permissions = ()
        ordering = ["-at"]

    def __str__(self) -> str:
        return str(self.pk)
