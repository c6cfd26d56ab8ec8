"""The outer log: what happened with keys and officers, never with which report."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.officer import Officer
from whistleblowing.words import EventKind


class SystemEvent(models.Model):
    """系统事件: who did what with keys, and when. PostgreSQL refuses to change or delete a row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("事件"), max_length=30, choices=EventKind)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    concerned = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("系统事件")
        verbose_name_plural = pgettext_lazy("plural", "系统事件")
        default_permissions = ()
        ordering = ["-at"]

    def __str__(self) -> str:
        return str(self.pk)
