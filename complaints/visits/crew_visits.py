"""Visits as a repairer sees them: their own of today, with what is on file about the place."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from billing.ledger.balances import contract_balances
from complaints.incidents.reach import incidents_over
from complaints.models import Incident, NoteSource, Ticket, TicketNote, Visit
from complaints.states import LIVE_TICKETS, LIVE_VISITS, VisitState
from complaints.waiting import first_deadline
from customers.models import Account
from office.documents.admin import permitted
from office.models import Document, User
from office.zone import SHANGHAI

ARREARS = "billing.view_bill"
REPORTED_PHOTOS = ("customer_photo", "report", "photo")
_PLACE = (
    "ticket__company",
    "ticket__account__premise__building",
    "ticket__premise",
    "ticket__building__community",
    "ticket__community",
    "ticket__heat_station",
    "crew",
    "repairer",
)


@dataclass(frozen=True)
class Known:
    """The records about a visit's place, to be read before the visit."""

    earlier: list[Ticket]
    same_building: list[Ticket]
    incidents: list[Incident]
    owed_fen: int | None


def visits_of(user: User) -> QuerySet[Visit]:
    """Returns the visits of the user's crews that no other member has accepted."""
    return (
        Visit.objects.visible_to(user)
        .filter(Q(repairer=user) | Q(repairer__isnull=True, crew__in=user.crews.all()))
        .select_related(*_PLACE)
    )


def visits_at_hand(user: User, at: datetime) -> list[Visit]:
    """Returns today's visits: unfinished ones, then waiting ones by their first deadline,
    then finished ones.
    """
    midnight = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    over_today = Q(completed_at__gte=midnight, completed_at__lt=midnight + timedelta(days=1))
    under_way = (VisitState.ACCEPTED, VisitState.DEPARTED, VisitState.ARRIVED)
    turn = Case(
        When(state__in=under_way, then=Value(0)),
        When(state=VisitState.ASSIGNED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = visits_of(user).filter(Q(state__in=LIVE_VISITS) | over_today)
    first = first_deadline(ticket="ticket__").asc(nulls_last=True)
    return list(rows.annotate(turn=turn).order_by("turn", first, "pk")[:100])


def progress_of(visit: Visit) -> str:
    """Returns the progress of a visit, with the finding as a step of its own."""
    if visit.state == VisitState.ARRIVED and visit.finding:
        return "found"
    return visit.state


def customers_photos(ticket: Ticket, user: User) -> QuerySet[Document]:
    """Returns the photos that customers or the agent added to the report, or to one joined to it,
    and that the user may open; those of the visits themselves are left out.
    """
    tickets = Ticket.objects.filter(Q(pk=ticket.pk) | Q(duplicate_of=ticket))
    photos = Document.objects.visible_to(user).filter(
        record_type=ContentType.objects.get_for_model(Ticket),
        record_id__in=tickets.values("pk"),
        content_type__startswith="image/",
        kind__in=REPORTED_PHOTOS,
    )
    return permitted(photos, user).order_by("pk")


def customers_notes(ticket: Ticket) -> QuerySet[TicketNote]:
    """Returns what customers wrote later to the ticket and to those joined to it, in order."""
    notes = TicketNote.objects.filter(Q(ticket=ticket) | Q(ticket__duplicate_of=ticket))
    return notes.filter(source=NoteSource.CUSTOMER).select_related("ticket").order_by("pk")


def known_about(visit: Visit, user: User) -> Known:
    """Returns earlier tickets, tickets of the building, incidents, and arrears if permitted."""
    ticket = visit.ticket
    account = ticket.account
    other_tickets = Ticket.objects.visible_to(user).exclude(pk=ticket.pk).order_by("-pk")
    return Known(
        earlier=list(other_tickets.filter(account=account)[:3]) if account else [],
        same_building=list(
            other_tickets.filter(building=ticket.building, state__in=LIVE_TICKETS)[:5]
            if ticket.building_id
            else []
        ),
        incidents=list(incidents_over(account)[:3]) if account else [],
        owed_fen=_owed(account) if account and user.has_perm(ARREARS) else None,
    )


def _owed(account: Account) -> int:
    balances = contract_balances(account.contracts.values_list("pk", flat=True))
    return sum(balance.owed_fen for balance in balances.values())
