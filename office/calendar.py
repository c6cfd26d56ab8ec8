"""Business dates and working days of the house (Asia/Shanghai)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from office.clock_rules import WorkingCalendar
from office.models import WorkdayOverride

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A year's arrangement has more days than this; a day entered alone does not make a year known.
LEAST_ARRANGED_DAYS = 10


def business_date(at: datetime) -> date:
    """The day on which an instant falls for the house's books."""
    return at.astimezone(SHANGHAI).date()


def overrides() -> Mapping[date, bool]:
    """Days that differ from Monday-to-Friday: True works, False rests."""
    return dict(WorkdayOverride.objects.values_list("date", "is_workday"))


def is_workday(day: date, differing: Mapping[date, bool]) -> bool:
    """Whether people work that day, given the days that differ."""
    return differing.get(day, day.weekday() < 5)


def working_calendar() -> WorkingCalendar:
    """The State Council's arrangements on record, for the service clock."""
    differing = overrides()
    arranged = Counter(day.year for day in differing)
    return WorkingCalendar(
        holidays=frozenset(day for day, works in differing.items() if not works),
        working_weekends=frozenset(
            day for day, works in differing.items() if works and day.weekday() >= 5
        ),
        known_years=frozenset(
            year for year, days in arranged.items() if days >= LEAST_ARRANGED_DAYS
        ),
    )
