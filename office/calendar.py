"""Business dates and working days of the house, in the time zone Asia/Shanghai."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from office.clock.rules import WorkingCalendar
from office.models import CalendarVersion
from office.zone import SHANGHAI

# The number of the calendar before any version was published.
NOTHING_PUBLISHED = 0


def business_date(at: datetime) -> date:
    """Returns the day on which an instant falls in the books."""
    return at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class PublishedCalendars:
    """Every published calendar version, so that any moment's calendar needs no further query.

    `versions` are in the order of publication.
    """

    versions: tuple[CalendarVersion, ...]

    def as_of(self, number: int) -> WorkingCalendar:
        """Returns the calendar as it stood when the version with that number was published."""
        return _for_the_clock(self._latest_by_year(number).values())

    def versions_in_force(self, years: Iterable[int], number: int) -> list[CalendarVersion]:
        """Returns the version of each year that was in force at a calendar's number, by year."""
        by_year = self._latest_by_year(number)
        return [by_year[year] for year in years if year in by_year]

    def _latest_by_year(self, number: int) -> dict[int, CalendarVersion]:
        """Returns the latest version of each year up to that number; later rows replace earlier."""
        return {version.year: version for version in self.versions if version.pk <= number}


def published_calendars() -> PublishedCalendars:
    """Reads every published version in one statement; some twenty rows in ten years."""
    return PublishedCalendars(tuple(CalendarVersion.objects.order_by("pk")))


def working_calendar(as_of: int | None = None) -> WorkingCalendar:
    """Reads the working calendar for the service clock in one statement.

    With `as_of`, the number of a version, the calendar is as it stood when that was published.
    """
    versions = CalendarVersion.objects.order_by("year", "-ordinal").distinct("year")
    if as_of is not None:
        versions = versions.filter(pk__lte=as_of)
    return _for_the_clock(versions)


def _for_the_clock(versions: Iterable[CalendarVersion]) -> WorkingCalendar:
    """Returns one version per year in the form that the service clock reads."""
    rows = list(versions)
    return WorkingCalendar(
        holidays=frozenset(day for row in rows for day in row.days_off),
        working_weekends=frozenset(day for row in rows for day in row.days_at_work),
        known_years=frozenset(row.year for row in rows),
        number=max((row.pk for row in rows), default=NOTHING_PUBLISHED),
    )
