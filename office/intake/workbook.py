"""The sheets of an .xlsx as rows of cells, as a person sees them on the screen.

A formula is its stored result, never its text; a number whose format shows leading zeros has
them; a cell that is merged with those below it stands in each of their rows.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from office.intake.cells import UnsolvedFormula, is_blank
from office.intake.workbook_guard import SheetFacts, inspect_workbook
from office.refusals import Invalid

Row = tuple[int, Sequence[object]]
_EXACT = 10**15


class SheetReader:
    """Reads one sheet from its first row as often as it is called.

    While it reads, it counts: `formulas` gives the columns whose formulas' stored results were
    taken by row number, `filled` the columns that were filled down from a merged cell.
    """

    def __init__(self, workbook: CalamineWorkbook, name: str, facts: SheetFacts) -> None:
        self.name = name
        self.facts = facts
        self._sheet = workbook.get_sheet_by_name(name)
        self.height = max(self._sheet.total_height, 1)
        self.formulas: dict[int, list[int]] = {}
        self.filled: dict[int, list[int]] = {}

    def __call__(self) -> Iterator[Row]:
        self.formulas, self.filled = {}, {}
        facts = self.facts
        merged: dict[int, tuple[int, object]] = {}
        # iter_rows leaves out what is above the first cell, never what is left of it.
        top = self._sheet.start[0] if self._sheet.start else 0
        for row, cells in enumerate(self._sheet.iter_rows(), start=top):
            values: list[object] = list(cells)
            if row in facts.formulas:
                self._solve(row, values)
            for column, width in facts.padded.get(row, ()):
                _pad(values, column, width)
            if merged:
                self._fill_down(row, values, merged)
            for column, last in facts.merged.get(row, ()):
                merged[column] = (last, values[column] if column < len(values) else "")
            yield row + 1, values

    def _solve(self, row: int, values: list[object]) -> None:
        for column, formula in self.facts.formulas[row].items():
            if formula.solved:
                self.formulas.setdefault(row + 1, []).append(column)
            else:
                values[len(values) :] = [""] * (column + 1 - len(values))
                values[column] = UnsolvedFormula(formula.cell, formula.text)

    def _fill_down(
        self, row: int, values: list[object], merged: dict[int, tuple[int, object]]
    ) -> None:
        for column in [column for column, (last, _cell) in merged.items() if last < row]:
            del merged[column]
        if all(map(is_blank, values)):
            return
        for column, (_last, cell) in merged.items():
            values[len(values) :] = [""] * (column + 1 - len(values))
            if is_blank(values[column]) and not is_blank(cell):
                values[column] = cell
                self.filled.setdefault(row + 1, []).append(column)


def open_workbook(file: BinaryIO) -> list[SheetReader]:
    """A reader of every sheet in the workbook's order; Invalid when damaged or too large."""
    facts = inspect_workbook(file)
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        return [
            SheetReader(workbook, name, facts.get(name, SheetFacts()))
            for name in workbook.sheet_names
        ]
    except CalamineError as error:
        raise Invalid("workbook_damaged", _("表格已损坏或有密码，请重新保存后再导入。")) from error


def _pad(values: list[object], column: int, width: int) -> None:
    """Writes a whole number as its format shows it, with leading zeros."""
    cell = values[column] if column < len(values) else None
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        number = int(cell)
        if number == cell and 0 <= number < _EXACT:
            values[column] = f"{number:0{width}d}"
