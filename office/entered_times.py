"""Times and days that a person enters for what happened: neither ahead of now nor before their
cause.

Each app lists in a table what its entered times may not lie before (`complaints/time_bounds.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from office.language import Text
from office.refusals import Invalid, Refused
from office.zone import SHANGHAI

_MINUTE = timedelta(minutes=1)
# Where nothing on file comes before, a year back is far enough: more is a slip in the year.
_YEAR = timedelta(days=366)
AHEAD = _("发生时间不能晚于现在，请核对日期和时间。")
CLOCK_MOVED_BACK = _("系统时间早于上一次录入，服务器时钟可能被调慢；请联系系统管理员校时后再办理。")


@dataclass(frozen=True)
class Bound:
    """An instant that an entered time may not lie before, and what happened then."""

    at: datetime
    event: Text


def entered_time(
    written: datetime | None,
    bounds: Iterable[Bound],
    *,
    time_name: Text,
    at: datetime,
    ahead: Text = AHEAD,
) -> datetime:
    """Returns when something happened: now (`at`), or the earlier instant that was written down.

    A form knows no seconds: a time to the minute stands for any second of it and becomes the bound
    that lies in that minute. Raises `Invalid` (`time_ahead`, sentence `ahead`) for an instant after
    now and `Refused` for one before a bound (`time_too_early`; `time_name` begins its sentence), or
    where now lies before a bound (`clock_moved_back`). Without a bound it is a year ago.
    """
    if written is not None and written > at:
        raise Invalid("time_ahead", ahead)
    a_year_ago = Bound(at - _YEAR, _("一年前的今天"))
    latest = max(bounds, key=lambda bound: bound.at, default=a_year_ago)
    if at < latest.at:
        raise Refused("clock_moved_back", CLOCK_MOVED_BACK)
    instant = at if written is None else written
    if instant >= latest.at:
        return instant
    to_the_minute = instant.second == instant.microsecond == 0
    if to_the_minute and latest.at < instant + _MINUTE:
        return latest.at
    raise Refused(
        "time_too_early",
        _("%(what)s时间 %(when)s 早于%(event)s（%(bound)s），请核对后重填。"),
        what=time_name,
        when=f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        event=latest.event,
        bound=f"{latest.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    )


@dataclass(frozen=True)
class DayBound:
    """A day that an entered day may not lie before, and what happened then."""

    day: date
    event: Text


def refuse_earlier_day(day: date, *bounds: DayBound, day_name: Text) -> None:
    """Refuses a day before the latest of the bounds (`day_too_early`); `day_name` begins the
    sentence.
    """
    latest = max(bounds, key=lambda bound: bound.day)
    if day < latest.day:
        raise Invalid(
            "day_too_early",
            _("%(what)s %(day)s 早于%(event)s（%(bound)s），请核对后重填。"),
            what=day_name,
            day=f"{day}",
            event=latest.event,
            bound=f"{latest.day}",
        )
