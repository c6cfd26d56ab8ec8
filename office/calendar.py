"""Business dates and working days of the house (Asia/Shanghai)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from office.clock_rules import WorkingCalendar
from office.models import CalendarVersion
from office.zone import SHANGHAI

# How the calendar stood before anything was published.
NOTHING_PUBLISHED = 0


def business_date(at: datetime) -> date:
    """The day on which an instant falls for the house's books."""
    return at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class PublishedCalendars:
    """Every version there is, so that how things stood at any moment is told without asking again.

    `versions` are in the order of publication.
    """

    versions: tuple[CalendarVersion, ...]

    def as_of(self, number: int) -> WorkingCalendar:
        """The calendar as everything stood when the version of that number was published."""
        return _for_the_clock(self._standing(number).values())

    def that_count(self, years: Iterable[int], number: int) -> list[CalendarVersion]:
        """The version of each year as everything stood at a calendar's number, by year."""
        standing = self._standing(number)
        return [standing[year] for year in years if year in standing]

    def _standing(self, number: int) -> dict[int, CalendarVersion]:
        return {version.year: version for version in self.versions if version.pk <= number}


def published_calendars() -> PublishedCalendars:
    """All that was ever published, some twenty rows in ten years; one statement."""
    return PublishedCalendars(tuple(CalendarVersion.objects.order_by("pk")))


def working_calendar(as_of: int | None = None) -> WorkingCalendar:
    """The arrangements on record, for the service clock; one statement.

    `as_of` is a calendar's number: how everything stood when that version was published.
    """
    known = CalendarVersion.objects.order_by("year", "-ordinal").distinct("year")
    if as_of is not None:
        known = known.filter(pk__lte=as_of)
    return _for_the_clock(known)


def _for_the_clock(versions: Iterable[CalendarVersion]) -> WorkingCalendar:
    rows = list(versions)
    return WorkingCalendar(
        holidays=frozenset(day for row in rows for day in row.days_off),
        working_weekends=frozenset(day for row in rows for day in row.days_at_work),
        known_years=frozenset(row.year for row in rows),
        number=max((row.pk for row in rows), default=NOTHING_PUBLISHED),
    )
