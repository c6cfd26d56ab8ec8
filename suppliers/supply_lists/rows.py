"""The check of one row by itself: its values, or all reasons for which it cannot be imported."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from office.intake.cells import UnsolvedFormula, read_fen, sentence_about, shown
from office.intake.columns import Header
from office.intake.remarks import Remark
from suppliers.models import ListKind
from suppliers.supply_lists import cells as read

Reader = Callable[[object], Any]
READERS: dict[ListKind, Mapping[str, Reader]] = {
    ListKind.SUPPLIERS: {
        "credit_code": read.code,
        "name": read.text(80, needed=True),
        "representative": read.text(40, needed=True),
        "region": read.region,
        "address": read.text(120, needed=True),
        "phone": read.text(20),
        "founded_on": read.day_or_none,
        "owner": read.text(80),
        "contact": read.text(40),
        "contact_phone": read.text(20),
        "remark": read.text(200),
    },
    ListKind.ORDERS: {
        "number": read.number,
        "credit_code": read.code,
        "category": read.code,
        "item": read.text(80, needed=True),
        "unit": read.text(10, needed=True),
        "quantity": read.quantity,
        "unit_price_fen": read_fen,
        "lowest_price_fen": read.fen_or_none,
        "ordered_on": read.day,
        "promised_on": read.day,
    },
    ListKind.DELIVERIES: {
        "number": read.number,
        "order": read.number,
        "promised_on": read.day,
        "actual_on": read.day_or_none,
        "received": read.quantity,
        "accepted": read.quantity,
    },
}
_LONGEST_VALUE = 60


class RowReader:
    """The reader of the rows of one list."""

    def __init__(self, kind: ListKind, header: Header) -> None:
        readers = READERS[kind]
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


def _value(cell: object) -> str:
    # The sentence about a formula already quotes it.
    return "" if isinstance(cell, UnsolvedFormula) else shown(cell)[:_LONGEST_VALUE]
