"""Business dates and working days of the house (Asia/Shanghai)."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from office.clock_rules import WorkingCalendar
from office.models import CalendarVersion

SHANGHAI = ZoneInfo("Asia/Shanghai")
# How the calendar stood before anything was published.
NOTHING_PUBLISHED = 0


def business_date(at: datetime) -> date:
    """The day on which an instant falls for the house's books."""
    return at.astimezone(SHANGHAI).date()


def working_calendar(as_of: int | None = None) -> WorkingCalendar:
    """The arrangements on record, for the service clock; one statement.

    `as_of` is a calendar's number: how everything stood when that version was published.
    """
    known = CalendarVersion.objects.order_by("year", "-ordinal").distinct("year")
    if as_of is not None:
        known = known.filter(pk__lte=as_of)
    rows = list(known.values_list("pk", "year", "days_off", "days_at_work"))
    return WorkingCalendar(
        holidays=frozenset(day for _, _, off, _ in rows for day in off),
        working_weekends=frozenset(day for _, _, _, at_work in rows for day in at_work),
        known_years=frozenset(year for _, year, _, _ in rows),
        number=max((pk for pk, _, _, _ in rows), default=NOTHING_PUBLISHED),
    )


def versions_that_count(years: Iterable[int], as_of: int) -> list[CalendarVersion]:
    """The version of each year as everything stood at a calendar's number, by year."""
    known = CalendarVersion.objects.filter(year__in=[*years], pk__lte=as_of)
    return list(known.order_by("year", "-ordinal").distinct("year"))
