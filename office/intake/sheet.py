"""A list as a stream of rows, whether it is an .xlsx or a .csv."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from office.intake.cells import is_blank, shown
from office.intake.columns import Columns, Header
from office.intake.notices import OtherSheet, SheetNotices
from office.intake.text_file import Row, text_reader
from office.intake.workbook import SheetReader, open_workbook
from office.refusals import Invalid

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_TOTALS = ("合计", "总计", "小计", "本页合计", "累计")


@dataclass
class ListSheet:
    """The list's name, its header, and a way to read its rows as often as needed.

    `rows` gives (row number as in the spreadsheet, cells) of everything under the header but
    empty rows, totals and repeated headers, whose number is in `skipped` afterwards.
    `portion` is how much has been read, from 0 to 1.
    """

    name: str
    header: Header
    read: Callable[[], Iterator[Row]]
    portion: Callable[[int], float]
    hidden: Set[int] = frozenset()
    others: Sequence[OtherSheet] = ()
    skipped: int = 0
    hidden_rows: list[int] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        self.skipped, self.hidden_rows = 0, []
        anchor = self.header.places[self.header.columns.anchor]
        heading = shown(self.header.headings[anchor])
        for row, cells in self.read():
            if row <= self.header.row:
                continue
            cell = cells[anchor] if anchor < len(cells) else None
            # Nearly every row of a large list: nothing more needs looking at.
            if not (isinstance(cell, str) and cell.isascii() and cell.isdigit()) and (
                _is_no_row(cells) or heading in map(shown, cells[anchor : anchor + 1])
            ):
                self.skipped += 1
                continue
            if row in self.hidden:
                self.hidden_rows.append(row)
            yield row, cells

    def filled(self, row: int) -> Sequence[int]:
        """The columns of a row that was just read whose cells came from a merged cell above."""
        return self.read.filled.get(row, ()) if isinstance(self.read, SheetReader) else ()

    def notices(self) -> SheetNotices:
        """What a clerk has to know about the sheet; whole once every row has been read."""
        filled = formulas = 0
        if isinstance(self.read, SheetReader):
            below = self.header.row
            filled = sum(len(cells) for row, cells in self.read.filled.items() if row > below)
            formulas = sum(len(cells) for row, cells in self.read.formulas.items() if row > below)
        return SheetNotices(tuple(self.hidden_rows), tuple(self.others), filled, formulas)


def open_sheet(file: BinaryIO, name: str, columns: Columns) -> ListSheet:
    """Finds the list in the file; Invalid when there is none in it that can be read."""
    file.seek(0)
    begin = file.read(4)
    if begin == _ZIP:
        return _open_workbook(file, columns)
    if begin == _OLD_EXCEL or PurePath(name).suffix.lower() in {".xls", ".et"}:
        raise Invalid("old_workbook", _("不支持旧版 .xls 表格，请另存为 .xlsx 或 .csv 后再导入。"))
    return _open_text(file, name, columns)


def _open_workbook(file: BinaryIO, columns: Columns) -> ListSheet:
    sheets = open_workbook(file)
    for sheet in sheets:
        # A hidden sheet is an old state or a side account: only what people see is taken.
        if sheet.facts.visible and (header := columns.find_header(sheet())):
            return ListSheet(
                sheet.name,
                header,
                sheet,
                partial(_portion_of, sheet.height),
                hidden=sheet.facts.hidden_rows,
                others=[
                    OtherSheet(other.name, other.facts.rows, visible=other.facts.visible)
                    for other in sheets
                    if other is not sheet
                ],
            )
    hidden = [sheet.name for sheet in sheets if not sheet.facts.visible]
    if hidden:
        raise Invalid(
            "header_hidden",
            _("可见的工作表中没有表头；隐藏的工作表 %(sheets)s 不读取，请取消隐藏后再导入。"),
            sheets="、".join(hidden),
        )
    raise columns.no_header()


def _open_text(file: BinaryIO, name: str, columns: Columns) -> ListSheet:
    read = text_reader(file, columns.names[columns.anchor])
    size = max(file.seek(0, 2), 1)
    header = columns.find_header(read())
    if header is None:
        raise columns.no_header()
    return ListSheet(PurePath(name).stem, header, read, lambda row: file.tell() / size)


def _portion_of(height: int, row: int) -> float:
    return min(row / height, 1.0)


def _is_no_row(cells: Sequence[object]) -> bool:
    """Whether the row is empty or holds totals."""
    first = next((cell for cell in cells if not is_blank(cell)), None)
    return first is None or shown(first).replace(" ", "").rstrip("：:") in _TOTALS
