"""The screens of the watch: the year's figures, re-checks, issues, events and attendance."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.admin import documents_of
from office.documents.operations import Upload
from office.requests import actor_of, user_of
from office.screens.desk_page import require_any
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, Verb
from suppliers.models import EventAttendance, Recheck, SupplierActivity, SupplierIssue
from suppliers.states import ISSUE, RECHECK, IssueState
from suppliers.watch.events import plan_event, record_attendance
from suppliers.watch.figures import coverage_of, expiring_now, regions_of, work_of
from suppliers.watch.filters import year_filter
from suppliers.watch.forms import (
    AttendanceForm,
    EventForm,
    JudgementForm,
    RecheckForm,
    RectificationForm,
)
from suppliers.watch.issues import (
    report_rectification,
    return_rectification,
    verify_rectification,
)
from suppliers.watch.rechecks import record_recheck

YEARS_SHOWN = 5


@admin.register(Recheck)
class RecheckAdmin(RecordAdmin):
    workflow = RECHECK
    list_display = ["supplier", "state", "opened_at", "due_on", "checked_by", "checked_at"]
    list_select_related = ["supplier", "checked_by"]
    list_filter = ["state", year_filter("opened_at")]
    search_fields = ["supplier__name"]
    fields = ["supplier", "state", "opened_at", "due_on", "findings", "checked_by", "checked_at"]
    verbs = (
        Verb(
            "record_recheck",
            _("登记复查"),
            "suppliers.record_recheck",
            lambda recheck, values, by, at: record_recheck(
                recheck,
                findings=values["findings"],
                issues=RecheckForm.issues(values),
                by=by,
                at=at,
            ),
            _("复查已登记。"),
            form=RecheckForm,
            look="button-primary",
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.figures_view)
        return [path("figures/", view, name="supplier_watch"), *super().get_urls()]

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        """Shows the year's figures; each leads to its list."""
        user = require_any(request, "suppliers.view_recheck")
        now = timezone.now()
        this_year = business_date(now).year
        years = [this_year - back for back in range(YEARS_SHOWN)]
        text = request.GET.get("year", "")
        year = next((year for year in years if str(year) == text), this_year)
        return self.page(
            request,
            "suppliers/watch/figures.html",
            title=_("供应商年度监督"),
            year=year,
            years=years,
            regions=regions_of(year, now),
            coverage=coverage_of(year, now),
            expiring=expiring_now(now),
            work=work_of(year, user),
        )


def _report(issue: SupplierIssue, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    paper = values["paper"]
    papers = (Upload(paper.name, paper),) if paper else ()
    return report_rectification(issue, text=values["text"], papers=papers, by=by, at=at)


@admin.register(SupplierIssue)
class SupplierIssueAdmin(RecordAdmin):
    workflow = ISSUE
    record_page = "suppliers/watch/issue.html"
    list_display = ["supplier", "text", "state", "due_on", "raised_by", "raised_at"]
    list_display_links = ["supplier", "text"]
    list_select_related = ["supplier", "raised_by"]
    list_filter = ["state", year_filter("raised_at")]
    search_fields = ["supplier__name", "text"]
    verbs = (
        Verb(
            "report_rectification",
            _("登记整改"),
            "suppliers.report_rectification",
            _report,
            _("整改已登记，须由另一人验证。"),
            form=RectificationForm,
            look="button-primary",
        ),
        Verb(
            "verify_rectification",
            _("验证通过"),
            "suppliers.verify_rectification",
            lambda issue, values, by, at: verify_rectification(issue, **values, by=by, at=at),
            _("已验证，事项办结。"),
            form=JudgementForm,
            look="button-primary",
        ),
        Verb(
            "return_rectification",
            _("退回整改"),
            "suppliers.verify_rectification",
            lambda issue, values, by, at: return_rectification(issue, **values, by=by, at=at),
            _("已退回，继续整改。"),
            form=JudgementForm,
        ),
    )

    def record_context(self, request: HttpRequest, record: SupplierIssue) -> dict[str, Any]:
        today = business_date(timezone.now())
        return {
            "title": str(record),
            "late": record.state == IssueState.OPEN and record.due_on < today,
            "documents": documents_of(record, user_of(request))[:50],
            "timeline": journal.timeline(record)[:30],
        }


class _AttendanceVerb(Verb):
    """The button whose form has a line for each invited supplier."""

    def empty_form(self, record: SupplierActivity) -> forms.Form:
        return AttendanceForm.of(record)


@admin.register(SupplierActivity)
class SupplierActivityAdmin(RecordAdmin):
    record_page = "suppliers/watch/event.html"
    list_display = ["topic", "kind", "held_on", "place", "entered_by"]
    list_select_related = ["entered_by"]
    list_filter = ["kind", year_filter("held_on")]
    search_fields = ["topic"]
    verbs = (
        _AttendanceVerb(
            "record_attendance",
            _("登记参加情况"),
            "suppliers.record_attendance",
            lambda event, values, by, at: record_attendance(event, values["people"], by=by, at=at),
            _("参加情况已登记。"),
            form=AttendanceForm,
            look="button-primary",
            shows_facts=True,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("suppliers.plan_event")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Enters an event with its guests."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EventForm(request.POST) if request.method == "POST" else EventForm()
        return form_page(
            self,
            request,
            form,
            lambda values: plan_event(
                EventForm.facts(values),
                values["invited"],
                by=actor_of(request),
                at=timezone.now(),
            ),
            title=_("安排供应商活动"),
        )

    def record_context(self, request: HttpRequest, record: SupplierActivity) -> dict[str, Any]:
        attendances = list(record.attendances.select_related("supplier"))
        came = [row.people for row in attendances if row.people]
        return {
            "title": str(record),
            "attendances": attendances,
            "suppliers_came": len(came),
            "people_came": sum(came),
            "timeline": journal.timeline(record)[:30],
        }


class CameFilter(SimpleListFilter):
    """Filters the invited suppliers that came, and those that did not."""

    title = _("是否参加")
    parameter_name = "came"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("参加")), ("no", _("未参加"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(people__gt=0)
        if self.value() == "no":
            return queryset.filter(people=0)
        return queryset


@admin.register(EventAttendance)
class EventAttendanceAdmin(RecordAdmin):
    list_display = ["supplier", "event", "people"]
    list_select_related = ["supplier", "event"]
    list_filter = [CameFilter, year_filter("event__held_on")]
    search_fields = ["supplier__name", "event__topic"]
    fields = ["supplier", "event", "people"]
