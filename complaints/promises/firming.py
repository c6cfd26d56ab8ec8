"""Provisional promises become firm when the calendar of their year is published.

A promise is provisional if it was computed beyond the published calendars. All statements work on
sets: a batch takes a handful of them, however many tickets wait.
"""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from complaints.models import CallBack, ClockEvent, Promise, PromiseCause, Ticket
from complaints.promises.clock_entries import settle_promise
from complaints.rules.in_force import clock_rule
from complaints.states import LIVE_CALL_BACKS, PROMISED_TICKETS
from office import journal
from office.actors import Actor
from office.calendar import working_calendar
from office.clock import ClockEvent as PureEvent
from office.clock import EventKind, read_clock
from office.promises.firming import lock_batch, of_published_years, repeat_until_done

MOST_AT_ONCE = 500
CLOCK = Actor.system("firm_up_promises")


def firm_up_all(at: datetime) -> int:
    """Firms up promises and call-backs whose year has been published since; returns how many."""
    return repeat_until_done(firm_up_promises, at) + repeat_until_done(firm_up_call_backs, at)


@transaction.atomic
def firm_up_promises(at: datetime, *, most: int = MOST_AT_ONCE) -> int:
    """A step of `firm_up_all`, in a transaction of its own.

    Makes a firm promise for each ticket whose missing year has been published and returns how many.
    The provisional promise stays in the ticket's history; firm promises stay as they are.
    """
    latest = Promise.objects.filter(ticket=OuterRef("pk")).order_by("-pk")
    waiting = of_published_years(
        Ticket.objects.filter(state__in=PROMISED_TICKETS),
        "reported_at",
        Subquery(latest.values("calendar")[:1]),
    )
    tickets = list(lock_batch(waiting.select_related("company"), most))
    if not tickets:
        return 0
    calendar = working_calendar()
    earlier_promises = {
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
        earlier_promise = earlier_promises[ticket.pk]
        promise = Promise(
            ticket=ticket,
            rule=earlier_promise.rule,
            ticket_class=earlier_promise.ticket_class,
            cause=PromiseCause.FIRMED_UP,
            received_at=earlier_promise.received_at,
            made_at=at,
            made_by=CLOCK.label,
        )
        settle_promise(promise, histories[ticket.pk], calendar)
        ticket.version += 1
        promises.append(promise)
    Promise.objects.bulk_create(promises)
    Ticket.objects.bulk_update(tickets, ["due_at", "provisional", "version"])
    facts = [
        (promise.ticket, _facts(earlier_promises[promise.ticket_id].due_at, promise.due_at))
        for promise in promises
    ]
    journal.record_each("firm_up_promises", facts, by=CLOCK, at=at)
    return len(tickets)


@transaction.atomic
def firm_up_call_backs(at: datetime, *, most: int = MOST_AT_ONCE) -> int:
    """A step of `firm_up_all`, in a transaction of its own.

    Computes anew the due times of call-backs whose missing year has been published and returns how
    many.
    """
    live = CallBack.objects.filter(state__in=LIVE_CALL_BACKS)
    waiting = of_published_years(live, "owed_since", F("calendar"))
    call_backs = list(lock_batch(waiting.select_related("rule", "ticket__company"), most))
    if not call_backs:
        return 0
    calendar = working_calendar()
    facts = []
    for call_back in call_backs:
        receipt = [PureEvent(call_back.owed_since, EventKind.RECEIVED)]
        reading = read_clock(clock_rule(call_back.rule), receipt, call_back.owed_since, calendar)
        facts.append((call_back.ticket, _facts(call_back.due_at, reading.promised)))
        call_back.due_at = reading.promised
        call_back.provisional = reading.provisional
        call_back.calendar_id = calendar.number
    CallBack.objects.bulk_update(call_backs, ["due_at", "provisional", "calendar"])
    journal.record_each("firm_up_call_backs", facts, by=CLOCK, at=at)
    return len(call_backs)


def _facts(before: datetime, after: datetime) -> dict[str, str]:
    return {"before": before.isoformat(), "promised": after.isoformat()}
