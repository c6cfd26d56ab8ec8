"""The promises of a ticket with the working that leads to each due time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import override

from complaints.actor_names import names_of
from complaints.models import ClockEvent, Promise, Ticket
from complaints.rules.in_force import clock_rule
from office.calendar import PublishedCalendars, published_calendars
from office.clock import ClockReading, Interval, WorkingCalendar, read_clock
from office.models import CalendarVersion
from office.promises.reckoning import counts_working_days, reckon_as_made


@dataclass(frozen=True)
class PromiseExplanation:
    """A promise, the clock's reading that leads to its due time, and the calendars used.

    `calendars` has one version for each year up to the due time that was published when the promise
    was made; it is empty if the rule counts no working days. `made_by` is the person's name.
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
        """Returns the rule, each counted or excluded interval and the due time as text.

        The text is Chinese whatever the reader's language, as the clock's own text is.
        """
        rule = self.promise.rule
        with override("zh-hans"):
            head = f"{self.promise.get_ticket_class_display()}，依据 {rule.source}"
            by_calendar = "、".join(f"{version}（{version.notice}）" for version in self.calendars)
        return "\n".join(
            [
                f"{head}（{rule.effective_from} 起执行）",
                *([f"工作日历：{by_calendar}"] if by_calendar else []),
                self.reading.explain(),
            ]
        )


def promise_in_force(ticket: Ticket) -> Promise:
    """Returns the latest promise of the ticket."""
    return ticket.promises.select_related("rule").latest("pk")


def clock_history(ticket: Ticket) -> list[ClockEvent]:
    """Returns the events of the ticket's clock in order."""
    return list(ticket.clock_events.order_by("ordinal"))


def read_promise(
    promise: Promise,
    history: Sequence[ClockEvent],
    as_of: datetime,
    calendar: WorkingCalendar,
) -> ClockReading:
    """Returns the clock's reading of the promise at an instant."""
    events = [event.pure() for event in history]
    return read_clock(clock_rule(promise.rule), events, as_of, calendar)


def explain_promises(ticket: Ticket, *, at: datetime) -> list[PromiseExplanation]:
    """Returns the explanations of all promises of the ticket, the latest first."""
    promises = list(ticket.promises.select_related("rule__company").order_by("-pk"))
    return _explained(promises, clock_history(ticket), at)


def explain_promise(ticket: Ticket, *, at: datetime) -> PromiseExplanation:
    """Returns the explanation of the promise in force, interval by interval from the report."""
    (explanation,) = _explained([promise_in_force(ticket)], clock_history(ticket), at)
    return explanation


def _explained(
    promises: list[Promise], history: Sequence[ClockEvent], at: datetime
) -> list[PromiseExplanation]:
    """Returns the explanations; calendars and names are queried once for all promises."""
    by_calendar = any(counts_working_days(clock_rule(promise.rule)) for promise in promises)
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
    """Returns the explanation by the calendar versions of the day on which the promise was made."""
    events = [event.pure() for event in history]
    reckoning = reckon_as_made(clock_rule(promise.rule), events, at, promise.calendar_id, published)
    return PromiseExplanation(promise, reckoning.reading, reckoning.calendars)
