"""The screens of the organisation chart: departments, posts, people, appointments, the chart."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.calendar import business_date
from office.forms.company_choice import EmployerField
from office.forms.day_field import DayField
from office.lists.filters import CompanyFilter
from office.models import (
    Appointment,
    Department,
    OrganisationList,
    OrganisationListKind,
    Person,
    PostTerm,
    User,
)
from office.organisation.forms import (
    AppointForm,
    ChartForm,
    EndAppointmentForm,
    EnterPersonForm,
    LastDayForm,
    LinkPersonForm,
    OpenDepartmentForm,
    SetPostForm,
)
from office.organisation.list_columns import COLUMNS, NAME_KEYS
from office.organisation.list_import import queue_organisation_list
from office.organisation.on_day import chart_on, in_force, people_of
from office.organisation.people import (
    appoint_person,
    end_appointment,
    enter_person,
    link_person,
)
from office.organisation.structure import (
    PostFacts,
    close_department,
    close_post,
    open_department,
    set_post,
)
from office.organisation.tree import tree_of
from office.requests import actor_of, user_of
from office.screens.form_records import FormAdmin
from office.screens.list_intake import ListIntakeAdmin, ListUploadForm, import_verb
from office.screens.records import RecordAdmin, Verb


class InForceFilter(SimpleListFilter):
    """Filters by whether a row is in force today; unless chosen otherwise it shows those."""

    title = _("是否有效")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [("ended", str(_("已截止"))), ("all", str(_("全部")))]

    def choices(self, changelist: Any) -> Any:
        shown = list(super().choices(changelist))
        shown[0]["display"] = _("有效")
        return shown

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = business_date(timezone.now())
        if self.value() == "ended":
            return queryset.filter(last_day__lt=today)
        return queryset if self.value() == "all" else queryset.filter(in_force(today))


@admin.register(Department)
class DepartmentAdmin(FormAdmin):
    permission = "office.open_department"
    list_display = ["name", "parent", "company", "first_day", "last_day"]
    list_select_related = ["company", "parent"]
    list_filter = [InForceFilter, CompanyFilter]
    fields = ["company", "parent", "name", "first_day", "last_day"]
    verbs = (
        Verb(
            "close_department",
            _("撤销部门"),
            "office.close_department",
            lambda department, values, by, at: close_department(
                department, last_day=values["last_day"], by=by, at=at
            ),
            _("部门已撤销。"),
            form=LastDayForm,
            allowed=lambda department: department.last_day is None,
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return OpenDepartmentForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> Department:
        values = form.cleaned_data
        return open_department(
            values["company"],
            values["name"],
            parent=values["parent"],
            first_day=values["first_day"],
            by=actor_of(request),
            at=timezone.now(),
        )

    def get_urls(self) -> list[URLPattern]:
        chart = path(
            "chart/", self.admin_site.admin_view(self.chart_view), name="organisation_chart"
        )
        return [chart, *super().get_urls()]

    def chart_view(self, request: HttpRequest) -> HttpResponse:
        """Shows the tree of one company on a day: today, unless another day is asked for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        user = user_of(request)
        company = user.visible_companies[0] if user.visible_companies else None
        day = business_date(timezone.now())
        form = ChartForm(user, initial={"company": company, "on": day})
        if "company" in request.GET:
            form = ChartForm(user, request.GET)
            company = None
            if form.is_valid():
                company, day = form.cleaned_data["company"], form.cleaned_data["on"]
        return self.page(
            request,
            "office/organisation/chart.html",
            form=form,
            company=company,
            day=day,
            tree=tree_of(company, day) if company else [],
            title=_("组织架构图"),
        )


@admin.register(PostTerm)
class PostTermAdmin(FormAdmin):
    permission = "office.set_post"
    list_display = [
        *("post", "name", "department", "rank", "superior"),
        *("company", "first_day", "last_day"),
    ]
    list_display_links = ["post", "name"]
    list_select_related = ["post__company", "department", "superior"]
    list_filter = [InForceFilter, CompanyFilter, "rank"]
    search_fields = ["post__code__startswith", "name__startswith"]
    fields = ["post", "name", "department", "rank", "superior", "first_day", "last_day"]
    verbs = (
        Verb(
            "close_post",
            _("撤销岗位"),
            "office.close_post",
            lambda term, values, by, at: close_post(
                term.post, last_day=values["last_day"], by=by, at=at
            ),
            _("岗位已撤销。"),
            form=LastDayForm,
            allowed=lambda term: term.last_day is None,
        ),
    )

    @admin.display(description=_("公司"))
    def company(self, term: PostTerm) -> str:
        return term.post.company.short_name

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return SetPostForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> PostTerm:
        values = form.cleaned_data
        facts = PostFacts(values["department"], values["name"], values["rank"], values["superior"])
        return set_post(
            values["department"].company,
            values["code"],
            facts,
            first_day=values["first_day"],
            by=actor_of(request),
            at=timezone.now(),
        )


@admin.register(Person)
class PersonAdmin(FormAdmin):
    permission = "office.enter_person"
    record_page = "office/organisation/person.html"
    list_display = ["number", "name", "company", "user"]
    list_display_links = ["number", "name"]
    list_select_related = ["company", "user"]
    list_filter = [CompanyFilter]
    search_fields = ["number__exact", "name__startswith"]
    verbs = (
        Verb(
            "appoint_person",
            _("任命"),
            "office.appoint_person",
            lambda person, values, by, at: appoint_person(
                person, values["post"], first_day=values["first_day"], by=by, at=at
            ),
            _("已任命。"),
            form=AppointForm,
        ),
        Verb(
            "link_person",
            _("关联登录用户"),
            "office.link_person",
            lambda person, values, by, at: link_person(person, values["user"], by=by, at=at),
            _("登录用户已更新。"),
            form=LinkPersonForm,
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return EnterPersonForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> Person:
        values = form.cleaned_data
        return enter_person(
            values["company"],
            values["number"],
            values["name"],
            user=values["user"],
            by=actor_of(request),
            at=timezone.now(),
        )

    def record_context(self, request: HttpRequest, record: Person) -> dict[str, Any]:
        """Shows the person's appointments, and who led them on the day that is asked for."""
        day = _day_asked_for(request)
        chart = chart_on(day)
        return {
            "title": record.name,
            "day": day,
            "appointments": record.appointments.select_related("post__company"),
            "posts": [
                (post, chart.departments[post.department].name)
                for post in chart.posts_of(record.pk)
                if post.department in chart.departments
            ],
            "chain": people_of(chart.chain_of_command(record.pk)),
            "colleagues": people_of(chart.colleagues(record.pk)),
            "timeline": journal.timeline(record)[:8],
            "chart_page": reverse("admin:organisation_chart"),
        }


def _day_asked_for(request: HttpRequest) -> date:
    """Returns the day in the address; today where there is none that can be read."""
    form = _DayForm(request.GET)
    return form.cleaned_data["on"] if form.is_valid() else business_date(timezone.now())


class _DayForm(forms.Form):
    on = DayField()


@admin.register(Appointment)
class AppointmentAdmin(RecordAdmin):
    list_display = ["person", "post", "company", "first_day", "last_day", "reason"]
    list_select_related = ["person", "post__company"]
    list_filter = [InForceFilter, CompanyFilter]
    search_fields = ["person__number__exact", "person__name__startswith", "post__code__startswith"]
    fields = ["person", "post", "first_day", "last_day", "reason"]
    verbs = (
        Verb(
            "end_appointment",
            _("免除任职"),
            "office.end_appointment",
            lambda appointment, values, by, at: end_appointment(
                appointment, last_day=values["last_day"], reason=values["reason"], by=by, at=at
            ),
            _("任职已免除。"),
            form=EndAppointmentForm,
            allowed=lambda appointment: appointment.last_day is None,
        ),
    )

    @admin.display(description=_("公司"))
    def company(self, appointment: Appointment) -> str:
        return appointment.post.company.short_name


class OrganisationUploadForm(ListUploadForm):
    company = EmployerField()


@admin.register(OrganisationList)
class OrganisationListAdmin(ListIntakeAdmin):
    kinds = OrganisationListKind
    columns = COLUMNS
    name_keys = NAME_KEYS
    operation = "import_organisation_list"
    upload_form = OrganisationUploadForm
    queue = staticmethod(queue_organisation_list)
    verbs = (
        import_verb(
            "office.import_organisation_list", OrganisationListKind, queue_organisation_list
        ),
    )
