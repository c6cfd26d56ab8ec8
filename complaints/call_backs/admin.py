"""Screens of call-backs: the work list, the page of one call-back and the form of a call."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.call_backs.links import send_call_back_link
from complaints.call_backs.operations import Opinion, record_call_back
from complaints.call_backs.owed import is_theirs_to_call, may_go_unanswered_from, with_tries
from complaints.classes import TicketKind
from complaints.models import CallBack, CallOutcome, Satisfaction
from complaints.promises.owed_call_backs import LINK_PURPOSE
from complaints.promises.words import time_left
from complaints.states import (
    CALL_BACK,
    LIVE_CALL_BACKS,
    CallBackState,
)
from complaints.tickets.forms import EXPIRED
from office import journal
from office.actors import Actor
from office.dates import moment_text
from office.identity import mask_phone
from office.lists.filters import CompanyFilter
from office.outcomes import carry_out
from office.requests import actor_of, user_of
from office.screens.records import Button, RecordAdmin, Verb
from office.tokens.one_time_links import links_of


class CallForm(forms.Form):
    """The form of one call; the opinion is required only if the customer answered."""

    seen_attempts = forms.IntegerField(widget=forms.HiddenInput(), error_messages=EXPIRED)
    outcome = forms.ChoiceField(
        label=_("通话结果"), choices=CallOutcome.choices, widget=forms.RadioSelect
    )
    satisfaction = forms.ChoiceField(
        label=_("用户评价"),
        choices=Satisfaction.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    remark = forms.CharField(
        label=_("用户原话"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = forms.CharField(
        label=_("备注"),
        max_length=200,
        required=False,
        help_text=_("如约定再次拨打的时间"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WorkFilter(SimpleListFilter):
    """The call-backs still to be made, unless another choice is taken."""

    title = _("办理情况")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [
            ("overdue", str(_("已超时"))),
            ("escalated", str(CallBackState.ESCALATED.label)),
            ("unanswered", str(CallBackState.UNANSWERED.label)),
            ("answered", str(CallBackState.ANSWERED.label)),
            ("dissatisfied", str(Satisfaction.DISSATISFIED.label)),
            ("all", str(_("全部"))),
        ]

    def choices(self, changelist: Any) -> Any:
        shown = list(super().choices(changelist))
        shown[0]["display"] = _("待回访")
        return shown

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "overdue":
            return queryset.filter(state__in=LIVE_CALL_BACKS, due_at__lt=timezone.now())
        if value in ("escalated", "unanswered", "answered"):
            return queryset.filter(state=value)
        if value == "dissatisfied":
            return queryset.filter(satisfaction=Satisfaction.DISSATISFIED)
        return queryset if value == "all" else queryset.filter(state__in=LIVE_CALL_BACKS)


@admin.register(CallBack)
class CallBackAdmin(RecordAdmin):
    workflow = CALL_BACK
    record_page = "complaints/call_backs/call_back.html"
    list_display = ["ticket", "due", "state", "tries", "kind", "caller", "mine", "company"]
    list_select_related = ["ticket__company", "policy"]
    ordering = ["due_at"]
    list_filter = [WorkFilter, CompanyFilter, "ticket__kind"]
    search_fields = ["ticket__number__exact", "ticket__caller_phone__exact"]
    search_help_text = _("完整的工单号或来电号码")
    verbs = (
        Verb(
            "send_call_back_link",
            _("发送评价链接"),
            "complaints.issue_call_back_link",
            lambda call_back, values, by, at: send_call_back_link(call_back, by=by, at=at),
            _("评价链接的短信将在一分钟内发给用户本人；链接内容只有用户看得到。"),
            question=_("链接只能用一次，7 天内有效；重新发送后，以前的链接作废。"),
            allowed=lambda call_back: call_back.state in LIVE_CALL_BACKS,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_tries(super().get_queryset(request), user_of(request))

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        """Sorts call-backs to be made by due time; all others newest first.

        Without a choice the list shows those to be made, as with "overdue".
        """
        to_be_called = request.GET.get("work", "overdue") in ("overdue", "escalated")
        return ["due_at"] if to_be_called else ["-pk"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Also allows the link from a ticket to its call-backs."""
        return lookup == "ticket__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("到期时间"), ordering="due_at")
    def due(self, call_back: CallBack) -> str:
        moment = moment_text(call_back.due_at, timezone.localdate())
        if call_back.state not in LIVE_CALL_BACKS:
            return moment
        return f"{moment}　{time_left(call_back.due_at, timezone.now())}"

    @admin.display(description=_("未接通"))
    def tries(self, call_back: Any) -> str:
        return f"{call_back.tried} / {call_back.policy.most_attempts}"

    @admin.display(description=_("类型"))
    def kind(self, call_back: CallBack) -> str:
        return str(TicketKind(call_back.ticket.kind).label)

    @admin.display(description=_("来电人"))
    def caller(self, call_back: CallBack) -> str:
        phone = call_back.ticket.caller_phone
        return f"{call_back.ticket.caller_name} {mask_phone(phone) if phone else ''}".strip()

    @admin.display(description=_("须换人"))
    def mine(self, call_back: Any) -> str:
        return str(_("您经办过")) if call_back.own else ""

    @admin.display(description=_("公司"))
    def company(self, call_back: CallBack) -> str:
        return call_back.ticket.company.short_name

    def buttons(self, request: HttpRequest, call_back: Any) -> list[Button]:
        """Returns no buttons for a user who worked on the ticket."""
        return [] if call_back.own else super().buttons(request, call_back)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/record_call_back/",
                wrap(self.record_call_back_view),
                name=self._url_name("record_call_back"),
            ),
            *super().get_urls(),
        ]

    def record_context(self, request: HttpRequest, call_back: Any) -> dict[str, Any]:
        user = user_of(request)
        ticket, live = call_back.ticket, call_back.state in LIVE_CALL_BACKS
        may_call = not call_back.own and is_theirs_to_call(call_back, user)
        phone = ticket.caller_phone
        now = timezone.now()
        not_before = may_go_unanswered_from(call_back) if may_call else None
        return {
            "title": f"{_('回访')} {ticket.number}",
            "ticket": ticket,
            "left": time_left(call_back.due_at, now) if live else "",
            "overdue": live and call_back.due_at < now,
            "not_before": not_before if not_before and not_before > now else None,
            "attempts": list(call_back.attempts.select_related("by")),
            # Who is about to dial needs the whole number, nobody else does.
            "phone": phone if may_call or not phone else mask_phone(phone),
            "own": call_back.own,
            "managers": call_back.state == CallBackState.ESCALATED and not may_call,
            "may_call": may_call,
            "form": CallForm() if may_call else None,
            "link": links_of(call_back, LINK_PURPOSE).first() if live else None,
            "siblings": ticket.call_backs.exclude(pk=call_back.pk),
            "timeline": journal.timeline(ticket)[:30],
        }

    def record_call_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Records one call; a refusal shows the page again with the form as it was filled in."""
        call_back = self._permitted(request, pk, "complaints.record_call_back")
        if request.method != "POST":
            return HttpResponseRedirect(self.record_url(call_back))
        form = CallForm(request.POST)
        outcome = carry_out(
            form, lambda values: _record(call_back, values, actor_of(request), timezone.now())
        )
        if outcome.result is None:
            page = self.show(request, call_back, form=form, refusal=outcome.refusal)
            page.status_code = outcome.status
            return page
        messages.success(request, str(_("回访已登记。")))
        return HttpResponseRedirect(self.record_url(call_back))

    def _permitted(self, request: HttpRequest, pk: int, permission: str) -> CallBack:
        """Returns the call-back; raises PermissionDenied for a user without the permission."""
        call_back: CallBack = self.record(request, pk)
        if not user_of(request).has_perm(permission):
            raise PermissionDenied
        return call_back


def _record(call_back: CallBack, values: Mapping[str, Any], by: Actor, at: datetime) -> CallBack:
    """Calls the operation with the form's values."""
    outcome = CallOutcome(values["outcome"])
    # Somebody may have ticked an opinion before the customer hung up: it is none.
    opinion = None
    if outcome is CallOutcome.ANSWERED and values["satisfaction"]:
        opinion = Opinion(Satisfaction(values["satisfaction"]), values["remark"])
    return record_call_back(
        call_back,
        outcome,
        opinion=opinion,
        note=values["note"],
        seen_attempts=values["seen_attempts"],
        by=by,
        at=at,
    )
