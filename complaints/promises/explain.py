"""What was promised for a ticket, and what has become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import override

from complaints.actor_names import names_of
from complaints.models import ClockEvent, Promise, PromiseRule, Ticket
from complaints.rules.in_force import clock_rule
from office.calendar import (
    NOTHING_PUBLISHED,
    PublishedCalendars,
    published_calendars,
    working_calendar,
)
from office.clock import ClockReading, Interval, WorkingCalendar, WorkingDays, read_clock
from office.models import CalendarVersion
from office.zone import SHANGHAI


@dataclass(frozen=True)
class PromiseExplanation:
    """The promise that holds, how the clock arrives at its due time, and by which calendar.

    `calendars` has a version for every year up to the due time that was published when the
    promise was made; empty where no working days are counted. `made_by` is the person's name.
    """

    promise: Promise
    reading: ClockReading
    calendars: tuple[CalendarVersion, ...] = ()
    made_by: str = ""

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
        """The rule, every interval counted or excluded, and the due time, for people.

        Chinese throughout, as the clock says it, whatever the reader's language.
        """
        rule = self.promise.rule
        with override("zh-hans"):
            head = f"{self.promise.get_ticket_class_display()}，依据 {rule.source}"
            by_calendar = "、".join(f"{one}（{one.notice}）" for one in self.calendars)
        return "\n".join(
            [
                f"{head}（{rule.effective_from} 起执行）",
                *([f"工作日历：{by_calendar}"] if by_calendar else []),
                self.reading.explain(),
            ]
        )


def promise_in_force(ticket: Ticket) -> Promise:
    """The latest promise of the ticket."""
    return ticket.promises.select_related("rule").latest("pk")


def clock_history(ticket: Ticket) -> list[ClockEvent]:
    """What happened to the ticket's clock, in order."""
    return list(ticket.clock_events.order_by("ordinal"))


def calendar_in_force(rule: PromiseRule) -> WorkingCalendar:
    """The calendar of today; rules that count no working days do without asking for it."""
    return working_calendar() if counts_working_days(rule) else WorkingCalendar()


def calendar_of(promise: Promise) -> WorkingCalendar:
    """The calendar as it stood when the promise was made: what is published later changes none."""
    if not counts_working_days(promise.rule):
        return WorkingCalendar()
    return working_calendar(promise.calendar_id or NOTHING_PUBLISHED)


def counts_working_days(rule: PromiseRule) -> bool:
    """Whether a calendar has a say in this rule."""
    return isinstance(clock_rule(rule), WorkingDays)


def read_promise(
    promise: Promise,
    history: Sequence[ClockEvent],
    as_of: datetime,
    calendar: WorkingCalendar,
) -> ClockReading:
    """What the clock says of a promise at an instant."""
    events = [event.pure() for event in history]
    return read_clock(clock_rule(promise.rule), events, as_of, calendar)


def explain_promises(ticket: Ticket, *, at: datetime) -> list[PromiseExplanation]:
    """Every promise of the ticket's history by its own rule, the one that holds first."""
    promises = list(ticket.promises.select_related("rule__company").order_by("-pk"))
    return _explained(promises, clock_history(ticket), at)


def explain_promise(ticket: Ticket, *, at: datetime) -> PromiseExplanation:
    """Why the ticket is due when it is, interval by interval from the first receipt."""
    (told,) = _explained([promise_in_force(ticket)], clock_history(ticket), at)
    return told


def _explained(
    promises: list[Promise], history: Sequence[ClockEvent], at: datetime
) -> list[PromiseExplanation]:
    """Each promise as its own calendar has it; what was published and who is who is asked once."""
    by_calendar = any(counts_working_days(promise.rule) for promise in promises)
    published = published_calendars() if by_calendar else PublishedCalendars(())
    names = names_of(promise.made_by for promise in promises)
    return [
        replace(
            _by_its_own_calendar(promise, history, at, published), made_by=names[promise.made_by]
        )
        for promise in promises
    ]


def _by_its_own_calendar(
    promise: Promise, history: Sequence[ClockEvent], at: datetime, published: PublishedCalendars
) -> PromiseExplanation:
    """What the clock says by the versions of the promise's own day, and which of them counted."""
    if not counts_working_days(promise.rule):
        return PromiseExplanation(promise, read_promise(promise, history, at, WorkingCalendar()))
    number = promise.calendar_id or NOTHING_PUBLISHED
    reading = read_promise(promise, history, at, published.as_of(number))
    last = (reading.due or reading.promised).astimezone(SHANGHAI).year
    calendars = published.that_count(range(reading.received.year, last + 1), number)
    return PromiseExplanation(promise, reading, tuple(calendars))
