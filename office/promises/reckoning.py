"""When a promise is due and why: by its rule, its history and the calendar of its own day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from office.calendar import NOTHING_PUBLISHED, PublishedCalendars, working_calendar
from office.case_files import Fields
from office.clock import ClockEvent, ClockReading, Rule, WorkingCalendar, WorkingDays, read_clock
from office.clock.terms import read_rule
from office.models import CalendarVersion
from office.zone import SHANGHAI


def rule_of(terms: Mapping[str, Any]) -> Rule:
    """Returns the rule that a table keeps as JSON (`office/clock/terms.py`)."""
    return read_rule(Fields(dict(terms), "时限"))


def counts_working_days(rule: Rule) -> bool:
    """Returns whether the working calendar decides anything in this rule."""
    return isinstance(rule, WorkingDays)


def calendar_in_force(rule: Rule) -> WorkingCalendar:
    """Returns the newest calendar, for a new promise; no query where no working days count."""
    return working_calendar() if counts_working_days(rule) else WorkingCalendar()


def calendar_as_of(rule: Rule, number: int | None) -> WorkingCalendar:
    """Returns the calendar that a promise was made by, whatever has been published since.

    `number` is the newest version there was then; None where there was none.
    """
    if not counts_working_days(rule):
        return WorkingCalendar()
    return working_calendar(number or NOTHING_PUBLISHED)


@dataclass(frozen=True)
class Reckoning:
    """What the clock says of a promise, and the calendar versions that counted, by year."""

    reading: ClockReading
    calendars: tuple[CalendarVersion, ...] = ()


def reckon_as_made(
    rule: Rule,
    events: Sequence[ClockEvent],
    at: datetime,
    number: int | None,
    published: PublishedCalendars,
) -> Reckoning:
    """Reads the clock by the calendar of the promise's own day, and names the versions used.

    `published` is read once for a whole page of promises (`office.calendar.published_calendars`).
    """
    if not counts_working_days(rule):
        return Reckoning(read_clock(rule, events, at, WorkingCalendar()))
    as_of = number or NOTHING_PUBLISHED
    reading = read_clock(rule, events, at, published.as_of(as_of))
    last_year = (reading.due or reading.promised).astimezone(SHANGHAI).year
    years = range(reading.received.year, last_year + 1)
    return Reckoning(reading, tuple(published.versions_in_force(years, as_of)))
