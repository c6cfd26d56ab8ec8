"""Events of a ticket's clock, and promises made by it; the caller holds the ticket's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from complaints.classes import PauseReason, TicketClass
from complaints.models import ClockEvent, Promise, PromiseCause, PromiseRule, Ticket, Visit
from complaints.promises.explain import clock_history, promise_in_force, read_promise
from complaints.rules.in_force import clock_rule, rule_in_force
from office.actors import Actor
from office.calendar import business_date
from office.clock import ClockReading, EventKind, WorkingCalendar
from office.models import Company, Document
from office.promises.entries import check_entry
from office.promises.reckoning import calendar_as_of, calendar_in_force
from office.refusals import Refused

_ADVICE = {
    EventKind.PAUSED: _("只有计时中的工单能暂停；已暂停的请先恢复，已办结的请先返工。"),
    EventKind.RESUMED: _("时钟没有暂停，无需恢复。"),
    EventKind.DONE: _("时钟已经办结，不能再次办结。"),
    EventKind.REDO: _("尚未办结的工单不能返工，请继续处理。"),
    EventKind.RECEIVED: _("工单已经受理过。"),
}


@dataclass(frozen=True)
class Entry:
    """An event to enter; `at` is the true time, which may lie before the time of entry."""

    kind: EventKind
    at: datetime
    reason: PauseReason | None = None
    note: str = ""
    evidence: Document | None = None
    main_visit: Visit | None = None


def receipt(ticket: Ticket, *, by: Actor, at: datetime) -> ClockEvent:
    """Returns the first event of a new ticket's clock, not yet saved; its time is the true time of
    the report.
    """
    return ClockEvent(
        ticket=ticket,
        ordinal=1,
        kind=EventKind.RECEIVED,
        at=ticket.reported_at,
        entered_at=at,
        entered_by=by.user,
    )


def enter(ticket: Ticket, entry: Entry, *, by: Actor, at: datetime) -> ClockReading:
    """Appends an event and updates due time and clock state of the ticket.

    Refuses an event that cannot follow the last one, or whose time lies before it. `save_ticket`
    then saves the ticket.
    """
    history = clock_history(ticket)
    event = ClockEvent(
        ticket=ticket,
        ordinal=len(history) + 1,
        kind=entry.kind,
        at=entry.at,
        reason=entry.reason or "",
        note=entry.note.strip(),
        evidence=entry.evidence,
        main_visit=entry.main_visit,
        entered_at=at,
        entered_by=by.user,
    )
    check_entry(history, event, _ADVICE)
    event.save()
    promise = promise_in_force(ticket)
    calendar = calendar_as_of(clock_rule(promise.rule), promise.calendar_id)
    return follow_clock(ticket, promise, [*history, event], calendar)


def make_promise(
    ticket: Ticket,
    cause: PromiseCause,
    history: Sequence[ClockEvent],
    *,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Promise:
    """Returns a promise, not yet saved, by the rule in force on the day of the report."""
    received = history[0].at
    rule = find_rule(ticket.company, ticket.ticket_class, received)
    promise = Promise(
        ticket=ticket,
        rule=rule,
        ticket_class=ticket.ticket_class,
        cause=cause,
        reason=reason,
        received_at=received,
        made_at=at,
        made_by=by.label,
    )
    settle_promise(promise, history, calendar_in_force(clock_rule(rule)))
    return promise


def settle_promise(
    promise: Promise, history: Sequence[ClockEvent], calendar: WorkingCalendar
) -> None:
    """Computes the due time of an unsaved promise by the calendar and updates the ticket's due
    time.
    """
    promise.calendar_id = calendar.number or None
    reading = follow_clock(promise.ticket, promise, history, calendar)
    promise.due_at = reading.promised
    promise.provisional = reading.provisional


def find_rule(company: Company, ticket_class: TicketClass, received: datetime) -> PromiseRule:
    """Returns the rule in force on the day of the report; refuses if none is published."""
    rule = rule_in_force(company, ticket_class, business_date(received))
    if rule is None:
        raise Refused(
            "no_promise_rule",
            _("%(day)s 没有执行中的“%(ticket_class)s”时限规则，请客服主管先发布。"),
            day=f"{business_date(received)}",
            ticket_class=ticket_class.label,
        )
    return rule


def follow_clock(
    ticket: Ticket,
    promise: Promise,
    history: Sequence[ClockEvent],
    calendar: WorkingCalendar,
) -> ClockReading:
    """Sets the ticket's due time and clock state to those after the last event, and returns the
    reading.

    `save_ticket` then saves them.
    """
    reading = read_promise(promise, history, history[-1].at, calendar)
    ticket.due_at = reading.due
    ticket.provisional = reading.provisional
    ticket.clock_state = reading.state.value
    return reading
