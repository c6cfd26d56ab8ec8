"""Filters of the lists of billing."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.alarm_words import ALARM_KINDS
from billing.models import HeatingSeason
from office.requests import user_of


class SeasonFilter(SimpleListFilter):
    """By season: the same label in every company one works for."""

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


class ResolvedFilter(SimpleListFilter):
    """Alarms a person has dealt with, or not yet."""

    title = _("处理情况")
    parameter_name = "resolved"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("no", str(_("待处理"))), ("yes", str(_("已处理")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() == "no")


class SuspenseFilter(SimpleListFilter):
    """Money nobody knows the owner of yet, or did not know."""

    title = _("待查款项")
    parameter_name = "suspense"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("open", str(_("待处理"))), ("assigned", str(_("已转入")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("open", "assigned"):
            return queryset
        return queryset.filter(in_suspense=True, assignment__isnull=self.value() == "open")


class AlarmKindFilter(SimpleListFilter):
    """By what an alarm is about, in words."""

    title = _("种类")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [(kind, str(name)) for kind, name in ALARM_KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset
