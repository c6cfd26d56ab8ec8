"""Crews on screen: the repairers who are sent together."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from complaints.models import Crew
from office.lists.filters import CompanyFilter
from office.lists.list_columns import flag
from office.models import User
from office.requests import user_of
from office.screens.reference import ReferenceAdmin
from office.screens.reference_form import ReferenceForm


class CrewForm(ReferenceForm):
    """The form of a crew, whose members and area belong to the crew's company."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        company = values.get("company")
        if company is None:
            return values
        strangers = [user for user in values.get("members", ()) if not user.works_for(company)]
        if strangers:
            names = "、".join(user.display_name for user in strangers)
            self.add_error("members", _("%(names)s 不属于该公司，请先核对。") % {"names": names})
        for area in ("communities", "heat_stations"):
            places = values.get(area, ())
            foreign = [place.name for place in places if place.company_id != company.pk]
            if foreign:
                names = "、".join(foreign)
                self.add_error(area, _("%(names)s 不属于该公司，请先核对。") % {"names": names})
        return values


@admin.register(Crew)
class CrewAdmin(ReferenceAdmin):
    form = CrewForm
    list_display = ["name", "company", "people", flag("active", _("在用"))]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, "active"]
    search_fields = ["name"]
    fields = ["company", "name", "members", "communities", "heat_stations", "active"]
    autocomplete_fields = ["communities", "heat_stations"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("members")

    @admin.display(description=_("成员"))
    def people(self, crew: Crew) -> str:
        return "、".join(user.display_name for user in crew.members.all())

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "members":
            user = user_of(request)
            staff = User.objects.filter(is_active=True)
            if not user.sees_every_company:
                staff = staff.filter(companies__in=user.company_ids)
            kwargs["queryset"] = staff.distinct().order_by("last_name", "first_name")
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        return super().formfield_for_manytomany(db_field, request, **kwargs)
