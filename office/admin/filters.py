"""What the address of a list may ask for, and the filters that respect the company scope."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import (
    DateFieldListFilter,
    FieldListFilter,
    RelatedFieldListFilter,
    SimpleListFilter,
)
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import DateField, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from office.admin.visible_choices import visible_choices
from office.day_field import is_plausible
from office.requests import user_of
from office.typed_numbers import read_number


class DeclaredFiltersList(ChangeList):
    """A list that looks rows up by its declared filters only; any other parameter is a 400.

    Django's own list accepts a look-up of any column of the model, shown or not, so that a
    secret could be guessed letter by letter from whether rows appear.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        filters = super().get_filters(request)
        # The third part holds the parameters that no declared filter has taken.
        if undeclared := sorted(filters[2]):
            raise DisallowedModelAdminLookup(f"No declared filter reads {undeclared}.")
        return filters


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
        rows = visible_choices(field.remote_field.model, user_of(request)).filter(pk=key)
        return [(row.pk, str(row)) for row in rows]

    def has_output(self) -> bool:
        return bool(self.lookup_val)


class DaysFilter(DateFieldListFilter):
    """Filters by days; the database cannot reckon with those at the ends of the calendar."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for values in self.used_parameters.values():
            for text in values if isinstance(values, list) else [values]:
                try:
                    day = parse_datetime(str(text)) or parse_date(str(text))
                except ValueError:
                    # The list itself says that this is no day.
                    day = None
                if day is not None and not is_plausible(day):
                    raise IncorrectLookupParameters
        rows = super().queryset(request, queryset)
        return queryset if rows is None else rows


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
