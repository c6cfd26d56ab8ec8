"""Conditions of waiting work: for the registry, the lists' filters and the escalations.

`waiting_kinds.py` makes kinds of them; the scan for breaches reads `RUNNING_CLOCKS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Least

from complaints.classes import TicketKind
from complaints.ladder import Clock
from complaints.models import (
    CallBack,
    ClockEvent,
    NoteSource,
    Ticket,
    TicketNote,
    Visit,
    VisitOutcome,
)
from complaints.promises.words import SOON
from complaints.states import (
    LIVE_CALL_BACKS,
    LIVE_TICKETS,
    PROMISED_TICKETS,
    TicketState,
    VisitState,
)
from office.calendar import business_date
from office.clock import ClockState
from office.clock.rules import midnight
from office.models import User

MOST_DUE = 8
_DAY = timedelta(days=1)
PROMISED = Q(state__in=PROMISED_TICKETS)
LIVE = Q(state__in=LIVE_TICKETS)
OWED_CALL_BACKS = Q(state__in=LIVE_CALL_BACKS)
# What somebody has to go out for; enquiries are answered, not visited.
UNASSIGNED = Q(state=TicketState.OPEN) & ~Q(kind=TicketKind.ENQUIRY)
_LATER_FAILURE = Visit.objects.filter(
    ticket=OuterRef("ticket"),
    redo_round=OuterRef("redo_round"),
    state=VisitState.COMPLETED,
    outcome=VisitOutcome.NOT_FIXED,
    ordinal__gt=OuterRef("ordinal"),
)
# Repaired, and nobody has verified and resolved it yet.
MENDED = Q(state=TicketState.WORKING) & Q(
    Exists(
        Visit.objects.filter(
            ~Exists(_LATER_FAILURE),
            ticket=OuterRef("pk"),
            redo_round=OuterRef("redo_count"),
            state=VisitState.COMPLETED,
            outcome=VisitOutcome.FIXED,
        )
    )
)
# Waits for the customer, and nobody looks at it before the customer is ready.
PAUSED = LIVE & Q(clock_state=ClockState.PAUSED)
# Nobody works on it, so that nobody would see what the customer writes: on a joined ticket the
# crew sees the page of the main one.
_UNATTENDED = PAUSED | Q(state__in=(TicketState.JOINED, TicketState.RESOLVED, TicketState.CLOSED))
# A customer's note that nobody has reacted to: no note and no event of the clock came after it.
_UNHEARD = (
    Q(source=NoteSource.CUSTOMER)
    & ~Exists(TicketNote.objects.filter(ticket=OuterRef("ticket"), pk__gt=OuterRef("pk")))
    & ~Exists(ClockEvent.objects.filter(ticket=OuterRef("ticket"), entered_at__gte=OuterRef("at")))
)
# Paused, joined or at its end, and its customer has written since.
NOTED = _UNATTENDED & Q(Exists(TicketNote.objects.filter(_UNHEARD, ticket=OuterRef("pk"))))
WAITING_ENQUIRIES = Q(
    kind=TicketKind.ENQUIRY, state__in=(TicketState.OPEN, TicketState.HANDED_OVER)
)


@dataclass(frozen=True)
class RunningClock:
    """The rows of the whole house whose clock runs, and the column of their due time."""

    rows: QuerySet[Any]
    due: str


RUNNING_CLOCKS: Mapping[Clock, RunningClock] = {
    Clock.PROMISE: RunningClock(Ticket.objects.filter(PROMISED), "due_at"),
    Clock.OUTSIDE: RunningClock(Ticket.objects.filter(PROMISED), "outside_due_at"),
    Clock.CALL_BACK: RunningClock(CallBack.objects.filter(OWED_CALL_BACKS), "due_at"),
}


def first_deadline(*, since: datetime | None = None, ticket: str = "") -> Least:
    """Returns the earlier of the promise and the 12345 deadline, to order tickets by.

    With `since`, a deadline before it does not count. `ticket` is the path to the ticket
    (`"ticket__"`) from rows that refer to one. It is NULL where neither is left: order it with
    `nulls_last`.
    """
    # Of the two PostgreSQL takes the one there is.
    columns = (f"{ticket}due_at", f"{ticket}outside_due_at")
    if since is None:
        return Least(*columns)
    return Least(*(Case(When(**{f"{column}__gte": since, "then": column})) for column in columns))


def overdue(at: datetime) -> Q:
    """Returns the condition that the promise or the 12345 deadline has passed."""
    return PROMISED & (Q(due_at__lt=at) | Q(outside_due_at__lt=at))


def due_soon(at: datetime) -> Q:
    """Returns the condition that the promise or the 12345 deadline ends within two hours."""
    soon = at + SOON
    own = Q(due_at__gte=at, due_at__lte=soon)
    return PROMISED & (own | Q(outside_due_at__gte=at, outside_due_at__lte=soon))


def due_today(at: datetime) -> Q:
    """Returns the condition of being due today in Shanghai, by the promise or by 12345.

    24:00 belongs to the day that ends; 00:00 of today belonged to yesterday.
    """
    begins = midnight(business_date(at))
    ends = begins + _DAY
    own = Q(due_at__gt=begins, due_at__lte=ends)
    return PROMISED & (own | Q(outside_due_at__gt=begins, outside_due_at__lte=ends))


def owed_call_backs(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Returns the tickets whose customers still have to be called."""
    owed = CallBack.objects.filter(OWED_CALL_BACKS)
    return rows.filter(pk__in=owed.order_by().values("ticket_id"))


def unheard_notes(user: User) -> QuerySet[TicketNote]:
    """Returns the customers' notes on paused, joined and finished tickets that nobody has reacted
    to, oldest first.

    There is at most one for each ticket, its last.
    """
    unattended = Ticket.objects.visible_to(user).filter(_UNATTENDED)
    notes = TicketNote.objects.filter(_UNHEARD, ticket__in=unattended)
    return notes.select_related("ticket").order_by("at", "pk")


def has_unheard_note(ticket: Ticket) -> bool:
    """Returns whether the customer has written and nobody has reacted yet."""
    return TicketNote.objects.filter(_UNHEARD, ticket=ticket).exists()


def serves(user: User) -> bool:
    """Returns whether the person works with tickets: takes them in, sends crews, or does the
    work.
    """
    verbs = ("open_ticket", "assign_ticket", "accept_assignment")
    return any(user.has_perm(f"complaints.{verb}") for verb in verbs)


def desk_tickets(user: User, at: datetime) -> QuerySet[Ticket] | None:
    """Returns the tickets of the person's companies whose promise runs, with their `deadline`."""
    if not serves(user):
        return None
    promised = Ticket.objects.visible_to(user).filter(PROMISED)
    return promised.annotate(deadline=first_deadline())


def desk_call_backs(user: User, at: datetime) -> QuerySet[CallBack] | None:
    """Returns the calls to customers that the person's companies still owe."""
    if not serves(user):
        return None
    return CallBack.objects.visible_to(user).filter(OWED_CALL_BACKS)


def next_due(user: User, at: datetime) -> QuerySet[Ticket]:
    """Returns the tickets that are due next, by the promise or by 12345 (`next_due_at`).

    The first few of each clock are found by that clock's index.
    """
    tickets = Ticket.objects.visible_to(user)
    own = tickets.filter(PROMISED, due_at__gte=at).order_by("due_at", "pk")
    outside = tickets.filter(PROMISED, outside_due_at__gte=at).order_by("outside_due_at", "pk")
    first_rows = Q(pk__in=own.values("pk")[:MOST_DUE]) | Q(pk__in=outside.values("pk")[:MOST_DUE])
    return (
        Ticket.objects.filter(first_rows)
        .annotate(next_due_at=first_deadline(since=at))
        .order_by("next_due_at", "pk")
        .select_related("company", "premise", "building__community", "community", "heat_station")
    )[:MOST_DUE]
