"""Template filters of days and moments, in every template without `load`."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from office.dates import day_text, moment_text

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """Returns "11-30 14:05", with the year when it is not this one; nothing for None."""
    return "" if at is None else moment_text(at, timezone.localdate())


@register.filter
def day(of: date | None) -> str:
    """Returns "11-30", with the year when it is not this one; nothing for None."""
    return "" if of is None else day_text(of, timezone.localdate())
