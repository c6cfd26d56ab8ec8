"""The case log: every word about a report, sealed, in a chain of hashes."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.report import Report, ReportKey


class CaseEntry(models.Model):
    """案件记录: one sealed entry of a report's log.

    `digest` is the hash of the entry and of the digest before it, so that an entry that is changed,
    removed or put in breaks the chain. PostgreSQL refuses to change or delete a row; redaction
    replaces `sealed` alone, and a later entry vouches for it by `replaces` and `replaced_digest`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    key = models.ForeignKey(ReportKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    at = models.DateTimeField(_("时间"))
    digest = models.CharField(max_length=64, editable=False)
    replaces = models.PositiveIntegerField(null=True, editable=False)
    replaced_digest = models.CharField(max_length=64, default="", db_default="", editable=False)

    class Meta:
        verbose_name = _("案件记录")
        verbose_name_plural = pgettext_lazy("plural", "案件记录")
        default_permissions = ()
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="one_entry_per_number")
        ]

    def __str__(self) -> str:
        return str(self.pk)
