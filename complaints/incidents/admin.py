"""Incidents on screen: register, announce, begin, attach tickets, restore, close."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints.incidents.notices import resume_notice
from complaints.incidents.operations import (
    announce_outage,
    attach_tickets,
    begin_incident,
    cancel_incident,
    close_incident,
    notify_affected,
    restore_incident,
)
from complaints.incidents.reach import attached, tickets_within
from complaints.incidents.recipients import jobs_of, stopped_job
from complaints.incidents.register_incident import register_incident_page
from complaints.incidents.write_notice import write_notice_page
from complaints.models import Incident, Notice, NoticeRecipient, Ticket
from complaints.states import INCIDENT, PROMISED_TICKETS, IncidentState
from office import journal
from office.forms.moment_field import MomentField
from office.forms.typed_numbers import read_number
from office.lists.filters import ChosenRecordFilter, CompanyFilter
from office.lists.list_columns import flag
from office.models import JobState
from office.requests import actor_of, user_of, watched_only
from office.screens.records import RecordAdmin, Verb, attempt

MOST_SHOWN = 100
_S = IncidentState
_TELLABLE = (_S.REGISTERED, _S.ANNOUNCED, _S.ONGOING, _S.RESTORED)
_ATTACHABLE = (_S.ONGOING, _S.RESTORED)
_ROAD = (_S.REGISTERED, _S.ANNOUNCED, _S.ONGOING, _S.RESTORED, _S.CLOSED)


class RestoreForm(forms.Form):
    restored_at = MomentField(
        label=_("恢复时间"), required=False, help_text=_("不填为现在；补记时填实际时间")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


@admin.register(Incident)
class IncidentAdmin(RecordAdmin):
    workflow = INCIDENT
    record_page = "complaints/incidents/incident.html"
    list_display = [
        "number",
        "level",
        "cause",
        flag("planned", _("计划停热")),
        "state",
        "starts_at",
        "expected_end_at",
        "company",
    ]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, "state", "level", "planned"]
    search_fields = ["number__exact", "cause__icontains"]
    search_help_text = _("完整的编号，或原因中的字")
    ordering = ["-pk"]
    verbs = (
        Verb(
            "begin_incident",
            _("开始抢修"),
            "complaints.begin_incident",
            lambda incident, values, by, at: begin_incident(incident, by=by, at=at),
            _("已开始抢修。"),
            look="button-primary",
        ),
        Verb(
            "restore_incident",
            _("恢复供热"),
            "complaints.restore_incident",
            lambda incident, values, by, at: restore_incident(
                incident, restored_at=values["restored_at"], by=by, at=at
            ),
            _("已恢复供热；请逐户核实后办结工单。"),
            form=RestoreForm,
            look="button-primary",
        ),
        Verb(
            "close_incident",
            _("关闭"),
            "complaints.close_incident",
            lambda incident, values, by, at: close_incident(incident, by=by, at=at),
            _("故障已关闭。"),
            question=_("关闭故障不会关闭仍未来暖的工单：它们照常计时、回访。"),
        ),
        Verb(
            "cancel_incident",
            _("取消"),
            "complaints.cancel_incident",
            lambda incident, values, by, at: cancel_incident(
                incident, reason=values["reason"], by=by, at=at
            ),
            _("已取消。"),
            form=ReasonForm,
            look="button-danger",
        ),
        Verb(
            "resume_notice",
            _("继续发送通知"),
            "complaints.notify_affected",
            lambda incident, values, by, at: resume_notice(incident, by=by, at=at),
            _("已从中断处继续发送。"),
            look="button-primary",
            allowed=lambda incident: stopped_job(incident) is not None,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("complaints.register_incident")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Shows the page that finds and counts the reach and saves the incident by its
        operation.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        return register_incident_page(self, request)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own: dict[str, Callable[..., HttpResponse]] = {
            "announce_outage": self.announce_outage_view,
            "notify_affected": self.notify_affected_view,
            "attach_tickets": self.attach_tickets_view,
            "progress": self.progress_view,
        }
        return [
            *(
                path(f"<int:pk>/{verb}/", wrap(view), name=self._url_name(verb))
                for verb, view in own.items()
            ),
            *super().get_urls(),
        ]

    def record_context(self, request: HttpRequest, incident: Incident) -> dict[str, Any]:
        user = user_of(request)
        may_attach = incident.state in _ATTACHABLE and user.has_perm("complaints.attach_tickets")
        within = _keys(tickets_within(incident)) if may_attach else []
        stand = attached(incident, at=timezone.now())
        notices = list(incident.notices.select_related("issued_by").order_by("-pk"))
        jobs = jobs_of(notices)
        return {
            "title": incident.number,
            "places": places_of(incident),
            "steps": _steps(incident),
            "stand": stand,
            "tickets": _open_first(
                incident.tickets.select_related("premise", "building__community")
            )[:MOST_SHOWN],
            "now": timezone.now(),
            "open_states": PROMISED_TICKETS,
            "may_attach": may_attach,
            "within": Ticket.objects.filter(pk__in=within[:MOST_SHOWN]).select_related(
                "premise", "building__community"
            ),
            "within_count": len(within),
            "notices": [(notice, jobs.get(notice.pk)) for notice in notices],
            "job": jobs.get(notices[0].pk) if notices else None,
            "may_announce": incident.planned
            and incident.state == _S.REGISTERED
            and user.has_perm("complaints.announce_outage"),
            "may_notify": incident.state in _TELLABLE
            and user.has_perm("complaints.notify_affected"),
            "timeline": journal.timeline(incident)[:30],
        }

    def progress_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Returns the progress of the last notice; the progress bar requests it every second."""
        incident: Incident = self.record(request, pk)
        watched_only(request)
        jobs = jobs_of(incident.notices.order_by("-pk")[:1])
        job = next(iter(jobs.values()), None)
        return JsonResponse(
            {"state": job.state if job else JobState.DONE, "percent": job.percent if job else 100}
        )

    def announce_outage_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the announcement of a planned outage with its preview and sends it."""
        incident = self._permitted(request, pk, "announce_outage")
        return write_notice_page(self, request, incident, announce_outage)

    def notify_affected_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows any other notice with its preview and sends it."""
        incident = self._permitted(request, pk, "notify_affected")
        return write_notice_page(self, request, incident, notify_affected)

    def attach_tickets_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Attaches all repairs within reach, or only the ticked ones."""
        incident = self._permitted(request, pk, "attach_tickets")
        back = HttpResponseRedirect(self.record_url(incident))
        if request.method != "POST":
            return back
        chosen = None
        if "all" not in request.POST:
            ticked = [read_number(key) or 0 for key in request.POST.getlist("tickets")]
            chosen = list(Ticket.objects.visible_to(user_of(request)).filter(pk__in=ticked))
            if not chosen:
                messages.error(request, str(_("请先勾选要并入的工单。")))
                return back
        count = attempt(
            request,
            lambda: attach_tickets(incident, chosen, by=actor_of(request), at=timezone.now()),
        )
        if count is not None:
            text = ngettext("已并入 %(count)s 张工单。", "已并入 %(count)s 张工单。", count)
            messages.success(request, text % {"count": count})
        return back

    def _permitted(self, request: HttpRequest, pk: int, verb: str) -> Incident:
        incident: Incident = self.record(request, pk)
        if not user_of(request).has_perm(f"complaints.{verb}"):
            raise PermissionDenied
        return incident


class RecipientsScope(RecordAdmin):
    """The screen of a notice's rows, which may be filtered by incident or notice in the address."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        own = {"notice__id__exact", "incident__id__exact"}
        return lookup in own or super().lookup_allowed(lookup, value, request)


@admin.register(Notice)
class NoticeAdmin(RecipientsScope):
    list_display = ["issued_at", "incident", "text", "accounts", "issued_by"]
    list_select_related = ["incident", "issued_by"]
    ordering = ["-pk"]
    fields = ["incident", "text", "accounts", "issued_by", "issued_at"]


@admin.register(NoticeRecipient)
class NoticeRecipientAdmin(RecipientsScope):
    list_display = ["account", "address", "notice"]
    list_select_related = ["account__premise", "notice"]
    list_filter = [("notice", ChosenRecordFilter)]
    search_fields = ["account__number__exact"]
    search_help_text = _("完整的户号")
    ordering = ["-pk"]
    fields = ["notice", "account"]

    @admin.display(description=_("地址"))
    def address(self, recipient: NoticeRecipient) -> str:
        return recipient.account.premise.address


def places_of(incident: Incident) -> list[str]:
    """Returns the names of the places it reaches, the widest first."""
    return [
        *(source.name for source in incident.heat_sources.all()),
        *(station.name for station in incident.heat_stations.all()),
        *(str(loop) for loop in incident.loops.select_related("heat_station")),
        *(community.name for community in incident.communities.all()),
        *(str(building) for building in incident.buildings.select_related("community")),
    ]


def _keys(tickets: QuerySet[Ticket]) -> list[int]:
    """Returns the keys, newest first."""
    # All keys are read and sorted here: with ORDER BY and LIMIT PostgreSQL would walk through the
    # index of all tickets.
    return sorted(tickets.order_by().values_list("pk", flat=True), reverse=True)


def _open_first(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    cold = Case(
        When(state__in=PROMISED_TICKETS, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return tickets.order_by(cold, "due_at", "pk")


def _steps(incident: Incident) -> list[tuple[Any, str]]:
    """Returns every step of the workflow with "done", "now" or an empty text."""
    road = [state for state in _ROAD if incident.planned or state != _S.ANNOUNCED]
    if incident.state not in road:
        return []
    here = road.index(_S(incident.state))
    marks = ["done" if n < here else "now" if n == here else "" for n in range(len(road))]
    return [(state.label, mark) for state, mark in zip(road, marks, strict=True)]
