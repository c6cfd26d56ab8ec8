"""Periods over which figures are summed; a season runs from October to September."""

from dataclasses import dataclass
from datetime import date, timedelta

SEASON_BEGINS = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days from `since` until before `until`."""

    name: str
    since: date
    until: date

    @property
    def last(self) -> date:
        return self.until - _DAY

    @property
    def query(self) -> str:
        """Returns the period as the query of an address."""
        return f"since={self.since}&until={self.until}"

    def year_before(self, name: str) -> "Period":
        """Returns the same days a year earlier; 29 February becomes the 28th."""
        return Period(name, _year_before(self.since), _year_before(self.last) + _DAY)


def day_period(day: date) -> Period:
    """Returns the period of one day."""
    return Period("day", day, day + _DAY)


def month_period(day: date) -> Period:
    """Returns the month from its first day up to this one."""
    return Period("month", day.replace(day=1), day + _DAY)


def whole_month(first: date) -> Period:
    """Returns all days of the month that begins on this day."""
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Period("month", first, after)


def season_period(day: date) -> Period:
    """Returns the season from 1 October up to this day."""
    year = day.year if day.month >= SEASON_BEGINS else day.year - 1
    return Period("season", date(year, SEASON_BEGINS, 1), day + _DAY)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
