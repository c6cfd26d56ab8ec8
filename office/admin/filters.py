"""List filters that respect the company scope."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from office.requests import user_of
from office.typed_numbers import read_number


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
