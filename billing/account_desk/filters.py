"""The filters of the list of accounts."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.ledger.open_bills import is_in_arrears


class ArrearsFilter(SimpleListFilter):
    """Limits the list to accounts with something open on a bill, or to those without."""

    title = _("欠费")
    parameter_name = "arrears"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("yes", str(_("有欠费"))), ("no", str(_("无欠费")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(is_in_arrears() if self.value() == "yes" else ~is_in_arrears())
