"""The screens of places: stations, communities, buildings, premises, and the tariff categories."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import AreaLine, Building, Community, HeatStation, Premise, TariffCategory
from office.lists.filters import CompanyFilter
from office.screens.records import RecordAdmin, RecordInline
from office.screens.reference import ReferenceAdmin


@admin.register(HeatStation)
class HeatStationAdmin(RecordAdmin):
    list_display = ["name", "heat_source", "company"]
    list_select_related = ["heat_source", "company"]
    list_filter = [CompanyFilter]
    search_fields = ["name"]


@admin.register(Community)
class CommunityAdmin(RecordAdmin):
    list_display = ["name", "company"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter]
    search_fields = ["name"]


@admin.register(Building)
class BuildingAdmin(RecordAdmin):
    list_display = ["name", "community"]
    list_select_related = ["community"]
    search_fields = ["community__name", "name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # A building's name is its community's and its own, also where it is only chosen from.
        return super().get_queryset(request).select_related("community")


class AreaLineInline(RecordInline):
    model = AreaLine
    fields = [
        "ordinal",
        "category",
        "building_area",
        "inner_area",
        "usable_area",
        "charge_area",
        "height",
        "starts",
        "ends",
    ]


@admin.register(Premise)
class PremiseAdmin(RecordAdmin):
    list_display = ["address", "unit", "room", "heat_station", "company"]
    list_select_related = ["heat_station", "company"]
    list_filter = [CompanyFilter]
    search_fields = ["address__startswith"]
    search_help_text = _("地址开头；其它写法请用全局搜索")
    ordering = ["pk"]
    inlines = [AreaLineInline]


@admin.register(TariffCategory)
class TariffCategoryAdmin(ReferenceAdmin):
    list_display = ["name", "residential", "company"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, "residential"]
