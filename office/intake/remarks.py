"""Remarks about the rows of a list: why one was refused, or what about it is suspicious."""

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
    """Returns the remarks by row, rows ascending, those of a row in the order of its columns."""
    remarks_by_row: dict[int, list[Remark]] = {}
    for remark in sorted(
        remarks, key=lambda remark: (remark.row, order.get(remark.column, len(order)))
    ):
        remarks_by_row.setdefault(remark.row, []).append(remark)
    return remarks_by_row
