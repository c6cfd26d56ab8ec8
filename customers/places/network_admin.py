"""The screens of the heat network: sources with their stations, loops with their buildings."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from customers.models import HeatSource, HeatStation, Loop
from office.lists.filters import CompanyFilter
from office.models import Company, User
from office.requests import user_of
from office.screens.reference import ReferenceAdmin
from office.screens.reference_form import ReferenceForm


class HeatSourceForm(ReferenceForm):
    """The form of a source; it offers the stations of the source's company that no other source
    feeds.
    """

    asked_by: User
    stations = forms.ModelMultipleChoiceField(
        HeatStation.objects.none(),
        label=_("换热站"),
        help_text=_("只列出还没有热源和属于本热源的换热站"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = HeatStation.objects.visible_to(self.asked_by).select_related("company")
        free = Q(heat_source__isnull=True)
        if self.instance.pk is not None:
            rows = rows.filter(company=self.instance.company)
            free |= Q(heat_source=self.instance)
            self.initial["stations"] = list(self.instance.heat_stations.all())
        field: Any = self.fields["stations"]
        field.queryset = rows.filter(free)
        several = self.asked_by.sees_every_company or len(self.asked_by.company_ids) > 1
        field.label_from_instance = lambda row: f"{row.company} {row}" if several else str(row)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if company := values.get("company"):
            stations = values.get("stations", ())
            _refuse(self, "stations", [s for s in stations if s.company_id != company.pk])
        return values


class LoopForm(ReferenceForm):
    """The form of a loop, which takes buildings of its station's company."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if station := values.get("heat_station"):
            buildings = values.get("buildings", ())
            owner = station.company_id
            _refuse(self, "buildings", [b for b in buildings if b.community.company_id != owner])
        return values


@admin.register(HeatSource)
class HeatSourceAdmin(ReferenceAdmin):
    form = HeatSourceForm
    list_display = ["name", "station_count", "company"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter]
    search_fields = ["name"]
    fields = ["company", "name", "stations"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(station_count=Count("heat_stations"))
        return counted

    @admin.display(description=_("换热站数"))
    def station_count(self, source: Any) -> int:
        counted: int = source.station_count
        return counted

    @admin.display(description=_("换热站"))
    def stations(self, source: HeatSource) -> str:
        """Returns the stations as text, for people who may only read."""
        return "、".join(str(station) for station in source.heat_stations.all())

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"asked_by": user_of(request)})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ticked = [station.pk for station in form.cleaned_data["stations"]]
        free = Q(heat_source__isnull=True) | Q(heat_source=obj)
        HeatStation.objects.filter(heat_source=obj).exclude(pk__in=ticked).update(heat_source=None)
        HeatStation.objects.filter(free, pk__in=ticked).update(heat_source=obj)


@admin.register(Loop)
class LoopAdmin(ReferenceAdmin):
    form = LoopForm
    list_display = ["name", "heat_station", "building_count", "company"]
    list_select_related = ["heat_station__company"]
    list_filter = [CompanyFilter]
    search_fields = ["name", "heat_station__name"]
    fields = ["heat_station", "name", "buildings"]
    autocomplete_fields = ["heat_station", "buildings"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("heat_station__company")
        counted: QuerySet[Any] = rows.annotate(building_count=Count("buildings"))
        return counted

    @admin.display(description=_("楼栋数"))
    def building_count(self, loop: Any) -> int:
        counted: int = loop.building_count
        return counted

    @admin.display(description=_("公司"), ordering="heat_station__company")
    def company(self, loop: Loop) -> Company:
        return loop.heat_station.company


def _refuse(form: forms.BaseForm, name: str, strangers: list[Any]) -> None:
    if strangers:
        names = "、".join(str(place) for place in strangers)
        form.add_error(name, _("%(names)s 不属于该公司，请先核对。") % {"names": names})
