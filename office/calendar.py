"""Business dates and working days of the house (Asia/Shanghai)."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from office.models import WorkdayOverride

SHANGHAI = ZoneInfo("Asia/Shanghai")


def business_date(at: datetime) -> date:
    """The day on which an instant falls for the house's books."""
    return at.astimezone(SHANGHAI).date()


def overrides() -> Mapping[date, bool]:
    """Days that differ from Monday-to-Friday: True works, False rests."""
    return dict(WorkdayOverride.objects.values_list("date", "is_workday"))


def is_workday(day: date, differing: Mapping[date, bool]) -> bool:
    """Whether people work that day, given the days that differ."""
    return differing.get(day, day.weekday() < 5)
