"""Files of reports: sealed pieces in the database, so that a backup has all or nothing of them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.report import Report, ReportKey


class SealedFile(models.Model):
    """密封文件: name, type, size, hash and the key of the pieces, sealed to the report's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    key = models.ForeignKey(ReportKey, on_delete=models.PROTECT, related_name="+")
    sealed_facts = models.BinaryField()
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("密封文件")
        verbose_name_plural = pgettext_lazy("plural", "密封文件")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class FilePiece(models.Model):
    """文件片段: one sealed piece; written while the upload runs, before the file has its row.

    Pieces whose file never got a row are removed after a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_id = models.UUIDField()
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("文件片段")
        verbose_name_plural = pgettext_lazy("plural", "文件片段")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["file_id", "number"], name="one_piece_per_number")
        ]

    def __str__(self) -> str:
        return str(self.pk)
