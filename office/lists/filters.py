"""What the address of a list may ask for, and the filters that respect the company scope."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin import (
    FieldListFilter,
    RelatedFieldListFilter,
    SimpleListFilter,
)
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import DateField, DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from office.forms.day_field import is_plausible
from office.forms.typed_numbers import read_number
from office.language import Text
from office.lists.list_columns import columns_of
from office.lists.list_figures import ListFigures, list_figures
from office.lists.visible_choices import visible_choices
from office.requests import user_of
from office.zone import SHANGHAI


class RecordList(ChangeList):
    """A list with its figures that looks rows up by its declared filters only; any other parameter
    is a 400.

    Django's own list accepts a look-up of any column of the model, shown or not, so that a
    secret could be guessed letter by letter from whether rows appear.
    """

    result_list: Any

    def get_filters(self, request: HttpRequest) -> Any:
        filters = super().get_filters(request)
        # The third part holds the parameters that no declared filter has taken.
        if undeclared := sorted(filters[2]):
            raise DisallowedModelAdminLookup(f"No declared filter reads {undeclared}.")
        return filters

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.model_admin.prepare_rows(request, self.result_list)

    @cached_property
    def figures(self) -> ListFigures:
        """The number of all rows and the totals of the money columns."""
        is_empty = self.page_num == 1 and not self.result_list
        rows = self.queryset.none() if is_empty else self.queryset
        screen = self.model_admin
        return list_figures(rows, columns_of(self), screen.most_counted, screen.totals_of)


class VisibleRecordsFilter(RelatedFieldListFilter):
    """Filters by a related record; offers only the records that the user may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = visible_choices(field.remote_field.model, user_of(request))
        ordering = self.field_admin_ordering(field, request, model_admin)
        return [(row.pk, str(row)) for row in (rows.order_by(*ordering) if ordering else rows)]


class ChosenRecordFilter(VisibleRecordsFilter):
    """Filters by the related record whose page led here; offers no other one."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        key = read_number(request.GET.get(f"{self.field_path}__{field.target_field.name}__exact"))
        if key is None:
            return []
        rows = visible_choices(field.remote_field.model, user_of(request)).filter(pk=key)
        return [(row.pk, str(row)) for row in rows]

    def has_output(self) -> bool:
        return bool(self.lookup_val)


class DaysFilter(FieldListFilter):
    """Filters by days of Shanghai: four usual ranges, or from one day to another, both included."""

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: Any,
        model: Any,
        model_admin: Any,
        field_path: str,
    ) -> None:
        # Before Django asks for them.
        self.names = (f"{field_path}__from", f"{field_path}__to")
        super().__init__(field, request, params, model, model_admin, field_path)
        self.typed = [read_last(self.used_parameters.get(name)) for name in self.names]

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    @property
    def range(self) -> list[tuple[str, str]]:
        """The names of the two fields of the form and what was typed into them."""
        return list(zip(self.names, self.typed, strict=True))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = (_read_day(text) for text in self.typed)
        # The database cannot reckon with a column of moments as days by its index: the bounds are
        # the moments themselves.
        moments = isinstance(self.field, DateTimeField)
        if first is not None:
            since = datetime.combine(first, time.min, SHANGHAI) if moments else first
            queryset = queryset.filter(**{f"{self.field_path}__gte": since})
        if last is not None:
            until = last + timedelta(days=1)
            before = datetime.combine(until, time.min, SHANGHAI) if moments else until
            queryset = queryset.filter(**{f"{self.field_path}__lt": before})
        return queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        today = timezone.localdate()
        ranges: list[tuple[Text, list[str]]] = [
            (_("全部日期"), ["", ""]),
            (_("今天"), [today.isoformat()] * 2),
            (_("近 7 天"), [(today - timedelta(days=6)).isoformat(), today.isoformat()]),
            (_("本月"), [today.replace(day=1).isoformat(), today.isoformat()]),
            (_("今年"), [today.replace(month=1, day=1).isoformat(), today.isoformat()]),
        ]
        if self.typed not in [days for _words, days in ranges]:
            ranges.append((_("所选日期"), self.typed))
        for words, days in ranges:
            used = {name: day for name, day in zip(self.names, days, strict=True) if day}
            yield {
                "selected": self.typed == days,
                "query_string": changelist.get_query_string(used, self.names),
                "display": words,
            }


def read_last(values: Any) -> str:
    """Returns the last text of a parameter that may stand in an address several times."""
    return str(values[-1] if isinstance(values, list) else values or "")


def _read_day(text: str) -> date | None:
    """Returns the typed day; any other text leads to the list without filters."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise IncorrectLookupParameters from error
    if not is_plausible(day):
        raise IncorrectLookupParameters
    return day


# Every list that names a relation or a day among its filters gets these.
FieldListFilter.register(
    lambda field: bool(field.remote_field), VisibleRecordsFilter, take_priority=True
)
FieldListFilter.register(lambda field: isinstance(field, DateField), DaysFilter, take_priority=True)


class CompanyFilter(SimpleListFilter):
    """Filters by company; it is shown only to users of more than one company."""

    title = _("公司")
    parameter_name = "company"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [(row.pk, row.short_name) for row in user_of(request).visible_companies]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        company = read_number(self.value())
        if company is None:
            return queryset
        path = getattr(queryset.model, "company_path", "company")
        return queryset.filter(**{path: company})

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1
