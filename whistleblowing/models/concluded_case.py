"""Figures of concluded cases, which outlive the cases themselves and name nobody."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.words import FraudKind, Rank


class ConcludedCase(models.Model):
    """办结统计: year, kind, rank and company of one concluded case; nothing leads back to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField(_("年度"))
    kind = models.CharField(_("类别"), max_length=20, choices=FraudKind)
    rank = models.CharField(_("层级"), max_length=20, choices=Rank)
    company = models.CharField(_("公司"), max_length=80, blank=True)
    opened = models.BooleanField(_("立案"))

    class Meta:
        verbose_name = _("办结统计")
        verbose_name_plural = pgettext_lazy("plural", "办结统计")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
