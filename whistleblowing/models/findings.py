"""Investigation reports, each copy sealed to the one person to whom it was sent."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.officer import Officer
from whistleblowing.models.report import Report


class FindingsCopy(models.Model):
    """调查报告副本: the investigation report as PDF, sealed to a named recipient's own key.

    The recipient needs no key of the report. Who opened a copy and when stands in the case log.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="findings")
    recipient = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    sent_at = models.DateTimeField(_("送出时间"))

    class Meta:
        verbose_name = _("调查报告副本")
        verbose_name_plural = pgettext_lazy("plural", "调查报告副本")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
