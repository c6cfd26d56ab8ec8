"""How long a person is watched, and when the protection officer must ask them again. Pure."""

from datetime import date

from whistleblowing.months import months_after

WATCHED_MONTHS = 24
# ISO 37002: the risk of retaliation is assessed more than once, also after closing.
ASKED_EVERY_MONTHS = 3


def watched_until(first_day: date) -> date:
    """Returns the last day of a watch."""
    return months_after(first_day, WATCHED_MONTHS)


def asked_again_on(last_judged: date, last_day: date) -> date:
    """Returns the day on which the officer must ask again: three months after the last judgement,
    and at the latest on the last day of the watch.
    """
    return min(months_after(last_judged, ASKED_EVERY_MONTHS), last_day)
