"""How long reports are kept and when the end is announced. Without a database."""

from datetime import date

import pytest

from whistleblowing.months import months_after
from whistleblowing.retention.rules import Term, is_over, term_in_force, warning_due

LAST = date(2031, 6, 30)


@pytest.mark.parametrize(
    ("concluded", "months", "last"),
    [
        (date(2026, 3, 31), 60, date(2031, 3, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_are_counted_to_the_same_day(concluded: date, months: int, last: date) -> None:
    assert months_after(concluded, months) == last


@pytest.mark.parametrize(
    ("today", "warned", "due"),
    [
        (date(2031, 3, 31), None, None),
        (date(2031, 4, 1), None, 90),
        (date(2031, 4, 2), 90, None),
        (date(2031, 5, 31), 90, 30),
        (date(2031, 6, 23), 30, 7),
        (date(2031, 6, 30), 7, None),
        # After a missed month only the latest is given.
        (date(2031, 6, 25), None, 7),
        (date(2031, 7, 1), None, None),
    ],
)
def test_each_warning_is_due_once(today: date, warned: int | None, due: int | None) -> None:
    assert warning_due(LAST, today, warned) == due


def test_the_last_day_itself_is_kept() -> None:
    assert not is_over(LAST, LAST)
    assert is_over(LAST, date(2031, 7, 1))


def test_the_term_is_that_of_the_day_of_conclusion() -> None:
    old = Term("opened", date(2020, 1, 1), 60)
    new = Term("opened", date(2027, 1, 1), 120)
    declined = Term("declined", date(2020, 1, 1), 12)
    terms = [new, declined, old]
    assert term_in_force(terms, "opened", date(2026, 12, 31)) == old
    assert term_in_force(terms, "opened", date(2027, 1, 1)) == new
    assert term_in_force(terms, "opened", date(2019, 1, 1)) is None
