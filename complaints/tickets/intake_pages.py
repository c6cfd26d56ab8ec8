"""The intake pages: the caller, the report, and the promise to read out."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.classes import Channel, Severity, TicketKind
from complaints.incidents.places import Places, find_places
from complaints.incidents.reach import Spot, open_incidents_at
from complaints.models import Incident, Ticket
from complaints.states import IncidentState
from complaints.tickets.intake import open_ticket
from complaints.tickets.intake_form import PLACES, IntakeForm
from complaints.tickets.screen_pop import (
    CallersAccount,
    ScreenPop,
    account_pop,
    neighbours_of,
    phone_spellings,
    screen_pop,
)
from customers.contracts.account_search import FoundAccounts, search_accounts
from customers.models import Building, Community, HeatStation
from office.documents.admin import documents_of
from office.forms.company_choice import operating_companies
from office.forms.typed_numbers import read_number
from office.models import User
from office.outcomes import carry_out
from office.refusals import Refused
from office.requests import actor_of
from office.screens.desk_page import desk_page, require_any

MOST_NEIGHBOURS = 8
OPEN_TICKET = "complaints.open_ticket"


@dataclass(frozen=True)
class Caller:
    """The caller and the place, as far as the page knows them."""

    phone: str = ""
    query: str = ""
    pop: ScreenPop | None = None
    chosen: CallersAccount | None = None
    matches: FoundAccounts = field(default_factory=FoundAccounts)
    places: Places | None = None
    place: Building | Community | HeatStation | None = None
    neighbours: list[Ticket] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)

    @property
    def choosing(self) -> bool:
        """Returns whether a choice has to be made before the form is useful."""
        several = self.pop is not None and bool(self.pop.accounts)
        return not self.placed and (several or bool(self.matches) or bool(self.places))

    @property
    def placed(self) -> bool:
        return self.chosen is not None or self.place is not None

    @property
    def attachable(self) -> list[Incident]:
        """Returns the incidents a report can be attached to; a planned outage has not begun yet."""
        return [row for row in self.incidents if row.state == IncidentState.ONGOING]


def open_ticket_page(request: HttpRequest) -> HttpResponse:
    """Shows the page on which a number finds the caller and the form takes the report."""
    user = require_any(request, OPEN_TICKET)
    if request.method != "POST":
        caller = _look_up(user, request.GET.dict())
        return _intake(request, user, caller, IntakeForm(user, initial=_first_words(caller)))
    form = IntakeForm(user, request.POST, request.FILES)
    outcome = carry_out(
        form,
        lambda values: open_ticket(
            form.chosen_company(),
            form.report(),
            links=form.links(),
            form_key=values["form_key"],
            by=actor_of(request),
            at=timezone.now(),
        ),
    )
    if outcome.result is not None:
        return redirect("admin:ticket_opened", pk=outcome.result.pk)
    typed_places = {name: request.POST.get(name, "") for name in PLACES}
    caller = _look_up(user, {**typed_places, "phone": request.POST.get("caller_phone", "")})
    page = _intake(request, user, caller, form, refusal=outcome.refusal)
    page.status_code = outcome.status
    return page


def ticket_opened(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows number and promise of the new ticket, which the agent reads to the caller."""
    user = require_any(request, OPEN_TICKET)
    rows = Ticket.objects.visible_to(user).select_related(
        "company", "premise", "building__community", "community", "heat_station"
    )
    ticket: Ticket = get_object_or_404(
        rows.select_related("duplicate_of", "incident", "account"), pk=pk
    )
    context = {
        "title": _("工单已受理"),
        "ticket": ticket,
        "promise": ticket.promises.latest("pk"),
        "incidents": open_incidents_at([Spot.of_ticket(ticket)])[0],
        "papers": _papers(ticket, user),
    }
    return desk_page(request, "complaints/tickets/ticket_opened.html", **context)


def _intake(
    request: HttpRequest,
    user: User,
    caller: Caller,
    form: IntakeForm,
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    """Renders the intake page with the caller and the form."""
    companies = list(operating_companies(user))
    context: dict[str, Any] = {
        "title": pgettext_lazy("do", "受理"),
        "caller": caller,
        "form": form,
        "refusal": refusal,
        "asks_company": len(companies) > 1 and not caller.placed,
        "may_attach": user.has_perm("complaints.attach_tickets"),
    }
    return desk_page(request, "complaints/tickets/open_ticket.html", **context)


def _first_words(caller: Caller) -> dict[str, Any]:
    """Returns the form's initial values: the most frequent subject and the caller's data."""
    contract = caller.chosen.contract if caller.chosen else None
    own_number = (
        contract is not None
        and caller.phone != ""
        and contract.customer.phone in phone_spellings(caller.phone)
    )
    attachable = caller.attachable
    return {
        "kind": TicketKind.REPAIR.value,
        "severity": Severity.MINOR.value,
        "channel": Channel.HOTLINE.value,
        "caller_phone": caller.phone,
        "caller_name": contract.customer.name if contract and own_number else "",
        "account": caller.chosen.account.pk if caller.chosen else None,
        "building": caller.place.pk if isinstance(caller.place, Building) else None,
        "community": caller.place.pk if isinstance(caller.place, Community) else None,
        "heat_station": caller.place.pk if isinstance(caller.place, HeatStation) else None,
        "incident": attachable[0].pk if len(attachable) == 1 else None,
    }


def _look_up(user: User, query_values: dict[str, str]) -> Caller:
    """Finds the caller by a chosen place, by telephone number, or by any typed text."""
    query = query_values.get("q", "").strip()[:80]
    typed_number = next(iter(phone_spellings(query)), "")
    phone = query_values.get("phone", "").strip()[:20] or typed_number
    if query_values.get("without"):
        return Caller(next(iter(phone_spellings(phone)), phone))
    pop = screen_pop(phone, user) if phone else None
    if pop is not None:
        phone = pop.phone
    if placed := _chosen(user, query_values, phone, query, pop):
        return placed
    if pop is not None and len(pop.accounts) == 1 and (not query or typed_number):
        return _with_account(pop.accounts[0], phone, query, pop)
    if not query or (pop is not None and pop.accounts and typed_number):
        return Caller(phone, query, pop)
    matches = search_accounts(query, user)
    if len(matches) == 1 and (only := account_pop(matches[0].account_id, user)):
        return _with_account(only, phone, query, pop)
    return Caller(phone, query, pop, matches=matches, places=find_places(query, user))


def _chosen(
    user: User, query_values: dict[str, str], phone: str, query: str, pop: ScreenPop | None
) -> Caller | None:
    """Returns the account or place named in the address; None if it is absent or not the user's."""
    if account_id := read_number(query_values.get("account", "")):
        callers_account = account_pop(account_id, user)
        return _with_account(callers_account, phone, query, pop) if callers_account else None
    for name, model in (
        ("building", Building),
        ("community", Community),
        ("heat_station", HeatStation),
    ):
        if pk := read_number(query_values.get(name, "")):
            company_path = "community__company" if model is Building else "company"
            rows: Any = model._default_manager.all()  # noqa: SLF001
            place = rows.visible_to(user).select_related(company_path).filter(pk=pk).first()
            if place is not None:
                return _with_place(place, user, phone, query, pop)
    return None


def _with_account(
    callers_account: CallersAccount, phone: str, query: str, pop: ScreenPop | None
) -> Caller:
    """Returns the caller with the account, its neighbours\' tickets and its incidents."""
    return Caller(
        phone,
        query,
        pop,
        chosen=callers_account,
        neighbours=callers_account.neighbours[:MOST_NEIGHBOURS],
        incidents=callers_account.incidents,
    )


def _with_place(
    place: Building | Community | HeatStation,
    user: User,
    phone: str,
    query: str,
    pop: ScreenPop | None,
) -> Caller:
    """Returns the caller with the place, the tickets in its building and its incidents."""
    if isinstance(place, Building):
        spot = Spot(place.community.company_id, place.pk, place.community_id)
        nearby = list(neighbours_of([place.pk], user)[:MOST_NEIGHBOURS])
    elif isinstance(place, Community):
        spot, nearby = Spot(place.company_id, community_id=place.pk), []
    else:
        spot, nearby = Spot(place.company_id, heat_station_id=place.pk), []
    return Caller(
        phone, query, pop, place=place, neighbours=nearby, incidents=open_incidents_at([spot])[0]
    )


def _papers(ticket: Ticket, user: User) -> int:
    """Returns the number of documents of the ticket; 0 if the user may not see documents."""
    return documents_of(ticket, user).count() if user.has_perm("office.view_document") else 0
