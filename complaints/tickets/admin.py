"""Tickets on screen: listed by due time, shown on one page, changed only by operations."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ShowFacets
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from complaints.classes import Severity, Subject, TicketKind
from complaints.models import Ticket
from complaints.promises.explain import explain_promises
from complaints.promises.words import due_mark, due_text
from complaints.states import TICKET, TicketState
from complaints.templatetags.service import look
from complaints.ticket_place import with_place
from complaints.tickets.account_panel import account_panel
from complaints.tickets.filters import DueFilter, MineFilter, WorkFilter
from complaints.tickets.forms import TicketForm
from complaints.tickets.page import ticket_page
from complaints.tickets.search import search_tickets
from complaints.tickets.verbs import VERBS
from complaints.waiting import first_deadline
from customers.models import Account
from office import journal
from office.documents.admin import documents_of
from office.forms.typed_numbers import read_number
from office.identity import mask_phone
from office.lists.filters import CompanyFilter
from office.models import JournalEntry, User
from office.outcomes import carry_out
from office.refusals import Refused
from office.requests import actor_of, user_of
from office.screens.panels import add_panel
from office.screens.records import Button, RecordAdmin, Verb

MOST_JOURNAL = 40
_MARK = ' <span class="badge {}">{}</span>'
# Who rings the caller back or stands at the door reads the number in full.
_NEED_THE_NUMBER = ("customers.reveal_customer", "complaints.accept_assignment")


@admin.register(Ticket)
class TicketAdmin(RecordAdmin):
    workflow = TICKET
    record_page = "complaints/tickets/ticket.html"
    verbs = VERBS
    list_per_page = 30
    list_display = ["number", "about", "where", "standing", "due", "crew", "channel", "company"]
    list_select_related = ["company", "crew"]
    list_filter = [CompanyFilter, DueFilter, WorkFilter, MineFilter, "state", "kind", "channel"]
    list_before_template = "complaints/tickets/_open_ticket.html"
    search_fields = ["number"]
    search_help_text = _("工单号（或末几位）、户号、电话或尾号、来电人或户名开头、12345 工单号")
    show_facets = ShowFacets.NEVER

    @admin.display(description=_("事项"))
    def about(self, ticket: Ticket) -> str:
        parts = [TicketKind(ticket.kind).label, Subject(ticket.subject).label]
        if ticket.severity:
            parts.append(Severity(ticket.severity).label)
        return " ".join(str(word) for word in parts)

    @admin.display(description=_("地点"))
    def where(self, ticket: Any) -> str:
        return str(ticket.place_text)

    @admin.display(description=_("状态"))
    def standing(self, ticket: Ticket) -> str:
        return format_html(
            '<span class="badge {}">{}</span>', look(ticket.state), TicketState(ticket.state).label
        )

    @admin.display(description=_("到期"))
    def due(self, ticket: Ticket) -> str:
        now, clock = timezone.now(), ticket.clock_state
        own, outside = due_mark(ticket.due_at, clock, now), None
        if ticket.outside_due_at:
            outside = due_mark(ticket.outside_due_at, clock, now)
        return format_html(
            '<span class="number">{}</span>{}{}',
            due_text(ticket.due_at) if ticket.due_at else "",
            format_html(_MARK, own.look, own.words) if own else "",
            format_html(_MARK, outside.look, f"12345 {outside.words}") if outside else "",
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_place(super().get_queryset(request))

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        """Returns the order: by the first deadline if the list is filtered by it, otherwise newest
        first.
        """
        if request.GET.get("due"):
            return [first_deadline().asc(nulls_last=True), "pk"]
        return ["-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search_tickets(queryset, search_term, user_of(request)), False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Returns the ticket with what nearly every page shows; more joins cost more than they
        save.

        Seldom used relations (a building without a flat, a verifier, an incident) are queried on
        demand.
        """
        rows = (
            super()
            .get_queryset(request)
            .select_related("company", "account", "premise", "heat_station", "crew", "entered_by")
        )
        key = read_number(object_id)
        return rows.filter(pk=key).first() if key is not None else None

    def record_context(self, request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
        user = user_of(request)
        page = ticket_page(ticket)
        may_ring = any(user.has_perm(name) for name in _NEED_THE_NUMBER)
        return {
            "title": ticket.number,
            "page": page,
            "phone": ticket.caller_phone if may_ring else mask_phone(ticket.caller_phone),
            "documents": documents_of(ticket, user)[:50]
            if user.has_perm("office.view_document")
            else [],
            "timeline": journal.timeline(ticket)[:MOST_JOURNAL],
        }

    def buttons(self, request: HttpRequest, ticket: Ticket) -> list[Button]:
        """Returns the verbs that are possible now, each with a form for this ticket."""
        user = user_of(request)
        last = _last_entry(ticket)
        return [
            Button(verb, self._verb_url(verb, ticket), _form(verb, ticket, last))
            for verb in self.verbs
            if self._possible(verb, ticket) and user.has_perm(verb.permission)
        ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.explain_view)
        name = self._url_name("explain_promise")
        return [path("<int:pk>/explain_promise/", view, name=name), *super().get_urls()]

    def explain_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Explains the due time interval by interval, for every promise of the ticket's history."""
        ticket: Ticket = self.record(request, pk)
        now = timezone.now()
        return self.page(
            request,
            "complaints/tickets/explain_promise.html",
            title=_("解释到期时间"),
            record=ticket,
            promises=explain_promises(ticket, at=now),
            events=list(ticket.clock_events.select_related("entered_by").order_by("ordinal")),
            now=now,
        )

    def _view_of(self, verb: Verb) -> Callable[..., HttpResponse]:
        """Runs the verb as for every record; after a refusal the form is shown again with all its
        input.
        """

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            ticket: Ticket = self.record(request, pk)
            user = user_of(request)
            if not user.has_perm(verb.permission):
                raise PermissionDenied
            back = HttpResponseRedirect(self.record_url(ticket))
            if request.method != "POST":
                return back
            form = _form(verb, ticket, 0, request.POST, request.FILES)
            outcome = carry_out(
                form,
                lambda values: verb.do(
                    ticket, {**values, "form": form}, actor_of(request), timezone.now()
                ),
            )
            if outcome.refusal is not None:
                return self._again(request, pk, verb, refusal=outcome.refusal)
            if form.errors:
                return self._again(request, pk, verb, faults=form.errors)
            messages.success(request, str(verb.done))
            return back

        view.__name__ = verb.name
        return view

    def _again(
        self,
        request: HttpRequest,
        pk: int,
        verb: Verb,
        *,
        refusal: Refused | None = None,
        faults: ErrorDict | None = None,
    ) -> HttpResponse:
        """Returns the page in its present state with the filled-in form and the refusal."""
        ticket: Ticket = self.record(request, pk)
        seen = request.POST.get("seen_entry", "")
        posted = request.POST.copy()
        posted["seen_version"] = str(ticket.version)
        posted["seen_entry"] = str(_last_entry(ticket))
        form = _form(verb, ticket, 0, posted, request.FILES)
        form.is_valid()
        buttons = [
            Button(verb, button.url, form, is_open=True) if button.verb is verb else button
            for button in self.buttons(request, ticket)
        ]
        answer = self.page(
            request,
            self.record_page,
            original=ticket,
            record=ticket,
            buttons=buttons,
            **self.record_context(request, ticket),
            refusal=refusal,
            refused=verb,
            faults=faults,
            lost=None if any(b.verb is verb for b in buttons) else form.typed,
            since=_since(ticket, seen, user_of(request)) if refusal else [],
        )
        answer.status_code = refusal.status if refusal else 422
        return answer


def _form(verb: Verb, ticket: Ticket, last: int, *data: Any) -> TicketForm:
    form_class: Any = verb.form
    form: TicketForm = form_class(ticket, last, *data)
    return form


def _last_entry(ticket: Ticket) -> int:
    """Returns the newest journal line of the ticket, to show later what came after it."""
    return journal.timeline(ticket).values_list("pk", flat=True).order_by("-pk").first() or 0


def _since(ticket: Ticket, seen: str, user: User) -> list[JournalEntry]:
    """Returns what others did to the ticket after the page was opened."""
    last_seen = read_number(seen)
    if last_seen is None:
        return []
    return list(journal.timeline(ticket).filter(pk__gt=last_seen).exclude(by=user)[:MOST_JOURNAL])


add_panel(Account, account_panel)
