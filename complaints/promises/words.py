"""Due times and time spans as text for staff; days and hours are those of Shanghai."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.classes import TicketKind
from complaints.promises.due_words import day_and_hour
from office.clock import ClockState
from office.dates import day_text

_MINUTE = timedelta(minutes=1)
SOON = timedelta(hours=2)


def due_text(due: datetime) -> str:
    """Returns "11-23 24:00", with the year when it is not this one; midnight is 24:00 of the day
    that ends.
    """
    day, hour = day_and_hour(due)
    return f"{day_text(day, timezone.localdate())} {hour}"


def due_date_text(due: datetime) -> str:
    """Returns the due time with its year, "2026-11-23 24:00", for papers."""
    day, hour = day_and_hour(due)
    return f"{day:%Y-%m-%d} {hour}"


def promise_text(kind: str, due: datetime) -> str:
    """Returns the promise as the agent reads it to the caller: what is done by when."""
    sentences = {
        TicketKind.REPAIR: _("承诺 %(due)s 前修复"),
        TicketKind.ENQUIRY: _("承诺 %(due)s 前答复"),
        TicketKind.COMPLAINT: _("承诺 %(due)s 前处理完毕"),
        TicketKind.SERVICE: _("承诺 %(due)s 前办理完毕"),
    }
    return sentences[TicketKind(kind)] % {"due": due_text(due)}


def span_text(length: timedelta) -> str:
    """Returns a length of time in days and hours, hours and minutes, or minutes, rounded down."""
    minutes = abs(length) // _MINUTE
    days, hours, rest_minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return _("%(days)s 天 %(hours)s 小时") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": rest_minutes}
    return _("%(minutes)s 分钟") % {"minutes": rest_minutes}


def time_left(due: datetime, now: datetime) -> str:
    """Returns "还剩 3 小时 5 分" or "已超时 2 天 4 小时"."""
    if due < now:
        return _("已超时 %(length)s") % {"length": span_text(now - due)}
    return _("还剩 %(length)s") % {"length": span_text(due - now)}


@dataclass(frozen=True)
class DueMark:
    """The badge beside a due time: words, and a CSS class that repeats them in colour."""

    words: str
    look: str


def due_mark(due: datetime | None, clock: str, now: datetime) -> DueMark | None:
    """Returns the badge of an overdue, soon due or paused ticket; None for other tickets."""
    if clock == ClockState.DONE:
        return None
    if clock == ClockState.PAUSED and due is None:
        return DueMark(_("暂停计时"), "badge-info")
    if due is None:
        return None
    if due < now:
        return DueMark(time_left(due, now), "badge-bad")
    if due - now <= SOON:
        return DueMark(time_left(due, now), "badge-warn")
    return None
