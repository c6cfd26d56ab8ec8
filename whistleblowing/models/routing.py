"""Who handles a report, by the rank of the accused: rules as dated data."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.words import Level, Rank


class RoutingRule(models.Model):
    """受理层级: the lowest level that handles reports on a rank, from a date on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rank = models.CharField(_("被检举人的层级"), max_length=20, choices=Rank)
    level = models.PositiveSmallIntegerField(_("受理层级"), choices=Level)
    starts = models.DateField(_("施行日期"))
    source = models.CharField(_("依据"), max_length=120)

    class Meta:
        verbose_name = _("受理层级")
        verbose_name_plural = pgettext_lazy("plural", "受理层级")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["rank", "starts"], name="one_routing_rule_per_day")
        ]

    def __str__(self) -> str:
        return str(self.pk)
