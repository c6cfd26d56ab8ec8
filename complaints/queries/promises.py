"""What was promised for a ticket, and what has become of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from complaints.models import ClockEvent, Promise, PromiseRule, Ticket
from complaints.queries.rules import clock_rule
from office.calendar import working_calendar
from office.clock import ClockReading, Interval, WorkingCalendar, WorkingDays, read_clock


@dataclass(frozen=True)
class PromiseExplanation:
    """The promise that holds and how the clock arrives at its due time."""

    promise: Promise
    reading: ClockReading

    @property
    def intervals(self) -> tuple[Interval, ...]:
        return self.reading.intervals

    @property
    def due(self) -> datetime | None:
        return self.reading.due

    @property
    def breached(self) -> bool:
        return self.reading.breached

    def explain(self) -> str:
        """The rule, every interval counted or excluded, and the due time, for people."""
        rule = self.promise.rule
        head = f"{self.promise.get_ticket_class_display()}，依据 {rule.source}"
        return f"{head}（{rule.effective_from} 起执行）\n{self.reading.explain()}"


def promise_in_force(ticket: Ticket) -> Promise:
    """The latest promise of the ticket."""
    return ticket.promises.select_related("rule").latest("pk")


def clock_history(ticket: Ticket) -> list[ClockEvent]:
    """What happened to the ticket's clock, in order."""
    return list(ticket.clock_events.order_by("ordinal"))


def calendar_of(rule: PromiseRule) -> WorkingCalendar:
    """The working calendar; rules that count no working days do without asking for it."""
    return working_calendar() if isinstance(clock_rule(rule), WorkingDays) else WorkingCalendar()


def read_promise(
    promise: Promise,
    history: Sequence[ClockEvent],
    as_of: datetime,
    calendar: WorkingCalendar,
) -> ClockReading:
    """What the clock says of a promise at an instant."""
    events = [event.pure() for event in history]
    return read_clock(clock_rule(promise.rule), events, as_of, calendar)


def explain_promise(ticket: Ticket, *, at: datetime) -> PromiseExplanation:
    """Why the ticket is due when it is, interval by interval from the first receipt."""
    promise = promise_in_force(ticket)
    calendar = calendar_of(promise.rule)
    return PromiseExplanation(promise, read_promise(promise, clock_history(ticket), at, calendar))
