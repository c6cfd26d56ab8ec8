"""The filter of the list of readings."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.metering.on_record import WAITS


class HeldFilter(SimpleListFilter):
    """The filter by whether a reading was held back."""

    title = _("核实情况")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("waiting", str(_("待核实"))), ("decided", str(_("已核实")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "waiting":
            return queryset.filter(WAITS)
        if self.value() == "decided":
            return queryset.filter(decision__isnull=False)
        return queryset
