"""The refused rows as a spreadsheet of the same columns and a reason: to correct and load again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from billing.account_list.columns import REASON
from billing.account_list.faults import Remark
from billing.account_list.sheet import AccountSheet

_OPTIONS = {
    "constant_memory": True,
    # What people typed stays text: no formula, no link, no guess at numbers.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_LONGEST_TEXT = 32_000
_MOST_ROWS = 1_048_000


def write_refused_sheet(
    path: Path, sheet: AccountSheet, refused: Mapping[int, Sequence[Remark]]
) -> None:
    """Read the list once more and keep its refused rows, each cell as it was."""
    reason = len(sheet.header.headings)
    headings = list(sheet.header.headings)
    if headings and REASON in headings:
        reason = headings.index(REASON)
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
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
            says = "；".join(remark.says for remark in refused[row])
            page.write_string(line, reason, f"第 {row} 行：{says}"[:_LONGEST_TEXT])


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
