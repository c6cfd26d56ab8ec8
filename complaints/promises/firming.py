"""What was promised beyond the published calendar becomes firm when the year is published.

Set-based: a batch is a handful of statements, however many tickets wait for the calendar.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, ExtractYear

from complaints.models import CallBack, ClockEvent, Promise, PromiseCause, Ticket
from complaints.promises.clock_entries import settle_promise
from complaints.rules.in_force import clock_rule
from complaints.states import LIVE_CALL_BACKS, PROMISED_TICKETS
from office import journal
from office.actors import Actor
from office.calendar import NOTHING_PUBLISHED, working_calendar
from office.clock import ClockEvent as PureEvent
from office.clock import EventKind, read_clock
from office.models import CalendarVersion
from office.zone import SHANGHAI

M = TypeVar("M", Ticket, CallBack)

MOST_AT_ONCE = 500
CLOCK = Actor.system("firm_up_promises")


def firm_up_all(at: datetime) -> int:
    """Firm up everything that waits for a year published since, a batch in a transaction."""
    return _until_nothing_is_left(firm_up_promises, at) + _until_nothing_is_left(
        firm_up_call_backs, at
    )


@transaction.atomic
def firm_up_promises(at: datetime, *, most: int = MOST_AT_ONCE) -> int:
    """Promise anew, by the calendar in force, what was promised provisionally; how many it was.

    Only running tickets whose missing year has been published since. The promise made before
    stays in the ticket's history; one that was firm is left as it was promised.
    """
    latest = Promise.objects.filter(ticket=OuterRef("pk")).order_by("-pk")
    waiting = _of_published_years(
        Ticket.objects.filter(state__in=PROMISED_TICKETS).annotate(
            by_calendar=Subquery(latest.values("calendar")[:1])
        ),
        "reported_at",
    )
    tickets = list(_held(waiting.select_related("company"), most))
    if not tickets:
        return 0
    calendar = working_calendar()
    before = {
        promise.ticket_id: promise
        for promise in Promise.objects.filter(ticket__in=tickets)
        .order_by("ticket_id", "-pk")
        .distinct("ticket_id")
        .select_related("rule")
    }
    histories: defaultdict[int, list[ClockEvent]] = defaultdict(list)
    for event in ClockEvent.objects.filter(ticket__in=tickets).order_by("ticket_id", "ordinal"):
        histories[event.ticket_id].append(event)
    promises = []
    for ticket in tickets:
        made = before[ticket.pk]
        promise = Promise(
            ticket=ticket,
            rule=made.rule,
            ticket_class=made.ticket_class,
            cause=PromiseCause.FIRMED_UP,
            received_at=made.received_at,
            made_at=at,
            made_by=CLOCK.label,
        )
        settle_promise(promise, histories[ticket.pk], calendar)
        ticket.version += 1
        promises.append(promise)
    Promise.objects.bulk_create(promises)
    Ticket.objects.bulk_update(tickets, ["due_at", "provisional", "version"])
    facts = [
        (promise.ticket, _facts(before[promise.ticket_id].due_at, promise.due_at))
        for promise in promises
    ]
    journal.record_each("firm_up_promises", facts, by=CLOCK, at=at)
    return len(tickets)


@transaction.atomic
def firm_up_call_backs(at: datetime, *, most: int = MOST_AT_ONCE) -> int:
    """Reckon anew when call-backs are due that were owed beyond the published calendar."""
    live = CallBack.objects.filter(state__in=LIVE_CALL_BACKS)
    waiting = _of_published_years(live.annotate(by_calendar=Coalesce("calendar", 0)), "owed_since")
    owed = list(_held(waiting.select_related("rule", "ticket__company"), most))
    if not owed:
        return 0
    calendar = working_calendar()
    facts = []
    for call_back in owed:
        receipt = [PureEvent(call_back.owed_since, EventKind.RECEIVED)]
        reading = read_clock(clock_rule(call_back.rule), receipt, call_back.owed_since, calendar)
        facts.append((call_back.ticket, _facts(call_back.due_at, reading.promised)))
        call_back.due_at = reading.promised
        call_back.provisional = reading.provisional
        call_back.calendar_id = calendar.number
    CallBack.objects.bulk_update(owed, ["due_at", "provisional", "calendar"])
    journal.record_each("firm_up_call_backs", facts, by=CLOCK, at=at)
    return len(owed)


def _until_nothing_is_left(step: Callable[[datetime], int], at: datetime) -> int:
    total = 0
    while done := step(at):
        total += done
    return total


def _of_published_years(rows: QuerySet[M], since: str) -> QuerySet[M]:
    """Those whose missing year was published after the calendar they were promised by."""
    published = CalendarVersion.objects.filter(
        ordinal=1,
        year__gte=OuterRef("first_year"),
        year__lte=OuterRef("last_year"),
        pk__gt=Coalesce(OuterRef("by_calendar"), NOTHING_PUBLISHED),
    )
    return (
        rows.filter(provisional=True)
        .annotate(
            first_year=ExtractYear(since, tzinfo=SHANGHAI),
            last_year=ExtractYear("due_at", tzinfo=SHANGHAI),
        )
        .filter(Exists(published))
    )


def _held(rows: QuerySet[M], most: int) -> QuerySet[M]:
    """So many of the rows, locked; what somebody else holds comes with the next scan."""
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True)[:most]


def _facts(before: datetime, after: datetime) -> dict[str, str]:
    return {"before": before.isoformat(), "promised": after.isoformat()}
