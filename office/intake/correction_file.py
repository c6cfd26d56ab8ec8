"""The refused rows as a spreadsheet of the same columns and a reason: to correct and load again.

The template that clerks fill in is such a spreadsheet without rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from office.intake.cells import shown
from office.intake.columns import REASON
from office.intake.remarks import Remark
from office.intake.sheet import ListSheet

WRITTEN_AS_IS = {
    "constant_memory": True,
    # What people typed stays text: no formula, no link, no guess at numbers.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_LONGEST_TEXT = 32_000
_MOST_ROWS = 1_048_000


def write_correction_file(
    path: Path, sheet: ListSheet, refused: Mapping[int, Sequence[Remark]], *, name_key: str
) -> None:
    """Reads the list once more and writes its refused rows, each cell as it was.

    The reason quotes the row's number, its cell in the column `name_key`, and the refused value.
    """
    name_place = sheet.header.places[name_key]
    name_heading = sheet.header.heading(name_key)
    reason = len(sheet.header.headings)
    headings = list(sheet.header.headings)
    if headings and REASON in headings:
        reason = headings.index(REASON)
    with xlsxwriter.Workbook(path, WRITTEN_AS_IS) as book:
        page = book.add_worksheet(sheet.name[:31].translate(_NO_SHEET_NAME) or "台账")
        page.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            page.write_string(0, place, heading)
        page.write_string(0, reason, REASON)
        last = max(refused, default=0)
        line = 0
        for row, cells in sheet.read():
            if row > last or line >= _MOST_ROWS:
                break
            if row not in refused:
                continue
            line += 1
            for place, cell in enumerate(cells):
                if place != reason:
                    _write(page, line, place, cell)
            name = shown(cells[name_place]) if name_place < len(cells) else ""
            of_whom = f"（{name_heading} {name}）" if name else ""
            says = "；".join(map(quoted, refused[row]))
            page.write_string(line, reason, f"第 {row} 行{of_whom}：{says}"[:_LONGEST_TEXT])


def quoted(remark: Remark) -> str:
    """The sentence of a remark with the value that it refuses."""
    return f"{remark.says}，填的是“{remark.value}”" if remark.value else remark.says


_NO_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def _write(page: Any, line: int, place: int, cell: object) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime | date):
        page.write_datetime(line, place, cell)
    elif isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        page.write_string(line, place, str(cell)[:_LONGEST_TEXT])
    else:
        page.write_number(line, place, cell)
