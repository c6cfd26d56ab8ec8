"""The filters of the list of payments."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SuspenseFilter(SimpleListFilter):
    """Limits the list to payments in suspense: those still open, or those already assigned."""

    title = _("待查款项")
    parameter_name = "suspense"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("open", str(_("待处理"))), ("assigned", str(_("已转入")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("open", "assigned"):
            return queryset
        return queryset.filter(in_suspense=True, assignment__isnull=self.value() == "open")
