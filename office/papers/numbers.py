"""Numbers of papers: one series without gaps for each kind, company and year."""

from collections.abc import Sequence
from itertools import count

from office.models import Company
from office.numbering import draw_numbers


def draw_paper_numbers(kind: str, owners: Sequence[tuple[Company, int]]) -> list[str]:
    """Draws a number for each pair of company and year, in this order, and returns them.

    A number is the company's code, the year and eight digits. A step of issuing: the numbers
    belong to the caller's transaction, a rollback gives them back. Raises RuntimeError outside one.
    """
    keys = [(company.code, year) for company, year in owners]
    series = {
        # Drawing locks the series: always in the same order, or two batches deadlock.
        key: count(draw_numbers(f"{kind}:{key[0]}:{key[1]}", keys.count(key)))
        for key in sorted(set(keys))
    }
    return [f"{code}{year}{next(series[code, year]):08d}" for code, year in keys]
