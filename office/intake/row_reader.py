"""The check of one row by itself: its values, or all reasons for which it cannot be imported."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from office.intake.cells import CellFault, UnsolvedFormula, clean_text, sentence_about, shown
from office.intake.columns import Header
from office.intake.remarks import Remark

Reader = Callable[[object], Any]
_LONGEST_VALUE = 60


class RowReader:
    """The reader of the rows of one list; `readers` has the parser of each column by its key."""

    def __init__(self, readers: Mapping[str, Reader], header: Header) -> None:
        self._absent = {key: readers[key]("") for key in readers if key not in header.places}
        self._width = len(header.headings)
        self._reads = [
            (key, header.heading(key), header.places[key], reader)
            for key, reader in readers.items()
            if key in header.places
        ]

    def read(self, row: int, cells: Sequence[object]) -> tuple[dict[str, Any], list[Remark]]:
        """Returns the row's values by column, complete only where there are no faults."""
        values, faults, width = dict(self._absent), [], len(cells)
        for key, heading, place, reader in self._reads:
            cell = cells[place] if place < width else ""
            try:
                values[key] = reader(cell)
            except ValueError as error:
                says = sentence_about(heading, error)
                faults.append(Remark(row, heading, says, _value(cell)))
        if width > self._width and any(shown(cell) for cell in cells[self._width :]):
            faults.append(Remark(row, "", "单元格比表头多，请检查是否多了逗号"))
        return values, faults


def text_reader(most: int, *, needed: bool = False) -> Callable[[object], str]:
    """Returns a parser of clean text of at most so many characters."""

    def read(cell: object) -> str:
        cleaned = clean_text(cell)
        if needed and not cleaned:
            raise CellFault("为空")
        if len(cleaned) > most:
            raise CellFault(f"超过 {most} 个字")
        return cleaned

    return read


def _value(cell: object) -> str:
    # The sentence about a formula already quotes it.
    return "" if isinstance(cell, UnsolvedFormula) else shown(cell)[:_LONGEST_VALUE]
