"""How customers are told until when: days in Shanghai, and midnight as the end of a day."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from office.zone import SHANGHAI

_MINUTE = timedelta(minutes=1)


def day_and_hour(due: datetime) -> tuple[date, str]:
    """The day and the hour of a due time: 00:00 of a day is 24:00 of the day before."""
    here = due.astimezone(SHANGHAI)
    if (here.hour, here.minute) == (0, 0):
        return (here - _MINUTE).date(), "24:00"
    return here.date(), f"{here:%H:%M}"


def before(due: datetime, now: datetime) -> str:
    """ "今天 24:00 前", "明天 12:00 前", "1月15日 18:00 前", in the reader's language."""
    day, hour = day_and_hour(due)
    ahead = (day - now.astimezone(SHANGHAI).date()).days
    if ahead == 0:
        return _("今天 %(hour)s 前") % {"hour": hour}
    if ahead == 1:
        return _("明天 %(hour)s 前") % {"hour": hour}
    said = {"month": day.month, "day": day.day, "hour": hour}
    return _("%(month)s月%(day)s日 %(hour)s 前") % said


def dated(due: datetime) -> str:
    """ "1月12日24:00前": for a message that may be read tomorrow. Chinese, as messages are."""
    day, hour = day_and_hour(due)
    return f"{day.month}月{day.day}日{hour}前"
