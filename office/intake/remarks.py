"""What is said of a row: why it was refused, or what about it is suspicious."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one cell of one row, by the column's known name."""

    row: int
    column: str
    says: str
    # What stands in the cell, where the sentence refuses it.
    value: str = ""


def by_row(remarks: Iterable[Remark], order: Mapping[str, int]) -> dict[int, list[Remark]]:
    """Remarks of each row, rows ascending, each row's in the order of its columns."""
    found: dict[int, list[Remark]] = {}
    for remark in sorted(remarks, key=lambda one: (one.row, order.get(one.column, len(order)))):
        found.setdefault(remark.row, []).append(remark)
    return found
