"""Months as people and laws count them: to the same day of a later month. Pure."""

from datetime import date, timedelta

# The kind of a time limit in months (`ClockRule.terms`).
MONTHS = "calendar_months"
_MONTHS_OF_A_YEAR = 12


def months_after(day: date, months: int) -> date:
    """Returns the same day so many months later; the 31st becomes a short month's last."""
    count = day.month - 1 + months
    year, month = day.year + count // _MONTHS_OF_A_YEAR, count % _MONTHS_OF_A_YEAR + 1
    first_of_next = date(year + month // _MONTHS_OF_A_YEAR, month % _MONTHS_OF_A_YEAR + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month, min(day.day, last))
