"""Figures of concluded cases: counted when a case is closed, shown without small cells."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whistleblowing.models import ConcludedCase, Report
from whistleblowing.words import FraudKind, Rank

# A cell with fewer cases could tell who is meant.
SMALLEST_CELL = 5


@dataclass(frozen=True)
class Cell:
    """A figure by its heading; `count` is None where it is suppressed."""

    heading: str
    count: int | None


def count_case(report: Report, facts: Mapping[str, Any], *, year: int, opened: bool) -> None:
    """Adds a concluded case to the figures, once however often it is closed.

    A step of closing; the caller holds the report's lock.
    """
    if report.counted:
        return
    ConcludedCase.objects.create(
        year=year,
        kind=facts["kind_of_fraud"],
        rank=facts["rank"],
        company=facts["company"],
        opened=opened,
    )
    report.counted = True
    report.save(update_fields=["counted"])


def cells_of(headings: Iterable[str]) -> list[Cell]:
    """Returns the figure of each heading, small ones suppressed. Pure.

    A single suppressed cell could be reckoned from the total: then the next larger goes too.
    """
    counts = sorted(Counter(headings).items(), key=lambda item: (item[1], item[0]))
    small = sum(count < SMALLEST_CELL for _, count in counts)
    if small == 1 and len(counts) > 1:
        small = 2
    return [
        Cell(heading, None if place < small else count)
        for place, (heading, count) in enumerate(counts)
    ][::-1]


def figures(year: int) -> dict[str, list[Cell]]:
    """Returns the year's figures by kind, by rank and by company; the total stands in `total`."""
    rows = list(ConcludedCase.objects.filter(year=year))
    total = len(rows)
    return {
        "total": [Cell("", total if total == 0 or total >= SMALLEST_CELL else None)],
        "kind": cells_of(str(FraudKind(row.kind).label) for row in rows),
        "rank": cells_of(str(Rank(row.rank).label) for row in rows),
        "company": cells_of(row.company or "—" for row in rows),
    }
