"""The screen of companies."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from office.lists.list_columns import flag
from office.models import Company
from office.requests import user_of
from office.screens.reference import ReferenceAdmin


@admin.register(Company)
class CompanyAdmin(ReferenceAdmin):
    list_display = ["code", "name", "short_name", "hotline", flag("is_head_office", _("集团总部"))]
    list_display_links = ["code", "name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        user = user_of(request)
        return rows if user.sees_every_company else rows.filter(pk__in=user.company_ids)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # The code stands in every number the company ever issued.
        fixed = ("code",) if obj else ()
        return (*super().get_readonly_fields(request, obj), *fixed)
