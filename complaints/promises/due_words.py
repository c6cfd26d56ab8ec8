"""Due times in messages and pages for customers: days in Shanghai, midnight is 24:00 of the day
before.
"""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from office.zone import SHANGHAI

_MINUTE = timedelta(minutes=1)


def day_and_hour(due: datetime) -> tuple[date, str]:
    """Returns the day and the hour of a due time; 00:00 of a day is 24:00 of the day before."""
    local = due.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return (local - _MINUTE).date(), "24:00"
    return local.date(), f"{local:%H:%M}"


def before(due: datetime, now: datetime) -> str:
    """Returns "今天 24:00 前", "明天 12:00 前" or "1月15日 18:00 前", in the reader's language."""
    day, hour = day_and_hour(due)
    days_ahead = (day - now.astimezone(SHANGHAI).date()).days
    if days_ahead == 0:
        return _("今天 %(hour)s 前") % {"hour": hour}
    if days_ahead == 1:
        return _("明天 %(hour)s 前") % {"hour": hour}
    facts = {"month": day.month, "day": day.day, "hour": hour}
    return _("%(month)s月%(day)s日 %(hour)s 前") % facts


def dated(due: datetime) -> str:
    """Returns "1月12日24:00前" in Chinese; the message may be read on another day."""
    day, hour = day_and_hour(due)
    return f"{day.month}月{day.day}日{hour}前"
