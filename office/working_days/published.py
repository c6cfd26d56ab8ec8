"""The arrangement of days that a published version of the calendar holds."""

from office.models import CalendarVersion
from office.working_days.arrangement import Arrangement


def arrangement_of(version: CalendarVersion) -> Arrangement:
    """Returns the days of a published version."""
    return Arrangement(version.year, tuple(version.days_off), tuple(version.days_at_work))
