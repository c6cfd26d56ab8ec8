"""Filters of lists that show exactly what a figure of the report counts."""

from datetime import date, datetime, time
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.forms.typed_numbers import read_number
from office.zone import SHANGHAI
from suppliers.models import PaperType
from suppliers.watch.expiry import STEPS, expiring_papers
from suppliers.watch.figures import COVERED, watched


class WatchFilter(SimpleListFilter):
    """Filters suppliers by what a figure of this year counts; older years come by their link."""

    title = _("年报口径")
    parameter_name = "watch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        year = business_date(timezone.now()).year
        return [
            (f"on_file-{year}", _("在册供应商")),
            *((f"{paper}-{year}", PaperType(paper).label) for paper in COVERED),
            *(
                (f"without_{paper}-{year}", _("无%(paper)s") % {"paper": PaperType(paper).label})
                for paper in COVERED
            ),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = watched(self.value() or "", timezone.now())
        return queryset if rows is None else queryset.filter(pk__in=rows.order_by().values("pk"))


class ExpiringFilter(SimpleListFilter):
    """Filters the papers that end soon or have ended and that nothing replaces."""

    title = _("到期")
    parameter_name = "expiring"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(days), _("%(days)s 天内到期") % {"days": days}) for days in STEPS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {str(days) for days in STEPS}:
            return queryset
        rows = expiring_papers(timezone.now(), int(self.value() or 0))
        return queryset.filter(pk__in=rows.order_by().values("pk"))


def year_filter(column: str) -> type[SimpleListFilter]:
    """Returns a filter by the year, in Shanghai, of a day or of a moment (`…_at`)."""

    class YearFilter(SimpleListFilter):
        title = _("年度")
        parameter_name = "year"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
            year = business_date(timezone.now()).year
            return [(str(past), str(past)) for past in range(year, year - 4, -1)]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            year = read_number(self.value(), largest=2999)
            if year is None or year < 2000:
                return queryset
            first, last = date(year, 1, 1), date(year, 12, 31)
            if column.endswith("_at"):
                moments = (
                    datetime.combine(first, time.min, SHANGHAI),
                    datetime.combine(last, time.max, SHANGHAI),
                )
                return queryset.filter(**{f"{column}__range": moments})
            return queryset.filter(**{f"{column}__range": (first, last)})

    return YearFilter
