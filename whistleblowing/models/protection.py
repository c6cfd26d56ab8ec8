"""Watches over people who must not suffer for a report; nothing in clear says who or which."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.officer import Officer


class Watch(models.Model):
    """保护观察: from a first to a last day; what is known of the person lies in sealed notes.

    It has no way to the report: it goes on when the report is destroyed, and the protection
    officer need not read the report.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    public_key = models.BinaryField()
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("截止日期"))

    class Meta:
        verbose_name = _("保护观察")
        verbose_name_plural = pgettext_lazy("plural", "保护观察")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class WatchShare(models.Model):
    """保护观察密钥: the private half of a watch's key, sealed to a protection officer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="shares")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("保护观察密钥")
        verbose_name_plural = pgettext_lazy("plural", "保护观察密钥")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["watch", "officer"], name="one_watch_share_per_officer")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class WatchNote(models.Model):
    """保护记录: who is watched, what was done, and how the risk was judged, sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="notes")
    sealed = models.BinaryField()
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("保护记录")
        verbose_name_plural = pgettext_lazy("plural", "保护记录")
        default_permissions = ()
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.pk)
