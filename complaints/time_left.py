"""How far a due time is, in words: what people look at before they look at the clock."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def time_left(due_at: datetime, at: datetime) -> str:
    """ "还剩 3 小时 5 分", "逾期 2 天 4 小时"; whole minutes, rounded down."""
    left = due_at - at
    said = {"length": _length(abs(left))}
    return _("逾期 %(length)s") % said if at > due_at else _("还剩 %(length)s") % said


def _length(length: timedelta) -> str:
    days, rest = divmod(length, _DAY)
    hours, rest = divmod(rest, _HOUR)
    if days:
        return _("%(days)s 天 %(hours)s 小时") % {"days": days, "hours": hours}
    minutes = rest // _MINUTE
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s 分") % {"minutes": minutes}
