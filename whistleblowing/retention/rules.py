"""Until when a concluded report is kept, and when its end is announced. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

WARNED_DAYS = (90, 30, 7)


@dataclass(frozen=True)
class Term:
    """How many months reports that ended in this way are kept, from a day on."""

    outcome: str
    starts: date
    months: int


def term_in_force(terms: Iterable[Term], outcome: str, concluded_on: date) -> Term | None:
    """Returns the latest term for an outcome that had begun when the report was concluded."""
    begun = [term for term in terms if term.outcome == outcome and term.starts <= concluded_on]
    return max(begun, key=lambda term: term.starts, default=None)


def warning_due(last_day: date, today: date, warned: int | None) -> int | None:
    """Returns the warning that is due, as days before the end; None while none is, or after it.

    After a missed night the latest warning stands for the earlier ones. `warned` is the last one
    that was given.
    """
    left = (last_day - today).days
    reached = [days for days in WARNED_DAYS if 0 <= left <= days]
    if not reached or (warned is not None and warned <= reached[-1]):
        return None
    return reached[-1]


def is_over(last_day: date, today: date) -> bool:
    """Returns whether the report is kept no longer."""
    return today > last_day
