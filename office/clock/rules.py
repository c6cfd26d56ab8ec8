"""What the service clock promises: calendars of working days and the four kinds of rule."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from office.zone import SHANGHAI

LONGEST_SEARCH = 4000

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_LONGEST_PROMISE = 3660


class ClockError(ValueError):
    """No clock can follow this history or rule."""


class BadRule(ClockError):
    """The rule promises nothing, or something before the receipt."""


@dataclass(frozen=True)
class WorkingCalendar:
    """Monday to Friday, less holidays, plus make-up weekends (调休).

    `known_years` are those the State Council has announced; None means every year is known.
    `number` says which of the published calendars this is; None for one made up.
    """

    holidays: frozenset[date] = frozenset()
    working_weekends: frozenset[date] = frozenset()
    known_years: frozenset[int] | None = None
    number: int | None = None

    def __post_init__(self) -> None:
        if both := self.holidays & self.working_weekends:
            raise BadRule(f"{min(both)} 既是假日又是调休上班日")

    def is_working(self, day: date) -> bool:
        if day in self.working_weekends:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def knows(self, day: date) -> bool:
        return self.known_years is None or day.year in self.known_years

    def why_closed(self, day: date) -> str:
        return "法定节假日" if day in self.holidays else "周末"


@dataclass(frozen=True)
class Elapsed:
    """Due after a number of wall-clock hours."""

    hours: timedelta

    def promise(self, received: datetime, calendar: WorkingCalendar) -> datetime:
        """Returns the due time of a promise that is never paused."""
        return received + self.hours


@dataclass(frozen=True)
class SameDay:
    """Due at `day_end` of the day when received by `cutoff`, later at `next_day_end` of the next.

    Times of day are counted from midnight; 24 hours is the next midnight.
    """

    cutoff: timedelta
    day_end: timedelta
    next_day_end: timedelta

    def promise(self, received: datetime, calendar: WorkingCalendar) -> datetime:
        start = midnight(received.date())
        if received <= start + self.cutoff:
            return start + self.day_end
        return start + _DAY + self.next_day_end


@dataclass(frozen=True)
class CalendarDays:
    """Due at `day_end` a number of calendar days later."""

    days: int
    day_end: timedelta

    def promise(self, received: datetime, calendar: WorkingCalendar) -> datetime:
        return midnight(received.date()) + self.days * _DAY + self.day_end


@dataclass(frozen=True)
class WorkingDays:
    """Due at `day_end` of the n-th working day after the day of receipt, which does not count."""

    days: int
    day_end: timedelta

    def promise(self, received: datetime, calendar: WorkingCalendar) -> datetime:
        if self.days < 1:
            raise BadRule("工作日数须大于零")
        day, left = received.date(), self.days
        for _ in range(LONGEST_SEARCH + 2 * self.days):
            day += _DAY
            left -= calendar.is_working(day)
            if not left:
                return midnight(day) + self.day_end
        raise BadRule("日历中没有足够的工作日")


Rule = Elapsed | SameDay | CalendarDays | WorkingDays


def promise(rule: Rule, received: datetime, calendar: WorkingCalendar) -> datetime:
    """The due time of a promise that is never paused."""
    start = local(received)
    if isinstance(rule, CalendarDays | WorkingDays) and not 0 <= rule.days <= _LONGEST_PROMISE:
        raise BadRule("天数超出范围")
    if isinstance(rule, Elapsed) and not _NOTHING <= rule.hours <= _LONGEST_PROMISE * _DAY:
        raise BadRule("小时数超出范围")
    promised = rule.promise(start, calendar)
    if promised < start:
        raise BadRule("承诺时刻早于受理时刻")
    return promised


def time_of_day(text: str) -> timedelta:
    """Reads a time of day such as "18:00", or "24:00" for the next midnight, as time from
    midnight.
    """
    hour, colon, minute = text.partition(":")
    digits = hour + minute
    if not (colon and len(hour) == len(minute) == 2 and digits.isascii() and digits.isdigit()):
        raise BadRule(f"时刻应如 18:00，不是 {text}")
    length = timedelta(hours=int(hour), minutes=int(minute))
    if int(minute) > 59 or length > _DAY:
        raise BadRule(f"没有这样的时刻：{text}")
    return length


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def local(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ClockError("时刻须带时区")
    return at.astimezone(SHANGHAI)
