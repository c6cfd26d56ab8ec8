"""The list filter by heating season."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import HeatingSeason
from office.requests import user_of


class SeasonFilter(SimpleListFilter):
    """Limits a list to the seasons with one label, in every company that the user works for."""

    title = _("采暖季")
    parameter_name = "season_label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        rows = HeatingSeason.objects.visible_to(user_of(request)).order_by("-label")
        labels = list(dict.fromkeys(rows.values_list("label", flat=True)))
        return [(label, label) for label in labels]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        # Named by their ids, so that only these seasons' partitions are read.
        rows = HeatingSeason.objects.visible_to(user_of(request)).filter(label=self.value())
        return queryset.filter(season__in=list(rows.values_list("pk", flat=True)))
