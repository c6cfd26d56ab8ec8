"""A small .csv or .xlsx as rows of cells, for lists that a person could have typed."""

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from office.intake.cells import clean_text, is_blank
from office.intake.workbook import open_workbook
from office.refusals import Invalid

LARGEST = 1024 * 1024
_ZIP = b"PK\x03\x04"

Row = tuple[int, Sequence[object]]


def read_small_sheet(file: BinaryIO) -> list[Row]:
    """Returns (row number, cells) of the only sheet that people see.

    A formula is its stored result, or an `UnsolvedFormula`. Refuses a file that is too large or
    unreadable, and one that has more than its reader would see: further sheets or hidden rows.
    """
    if file.seek(0, io.SEEK_END) > LARGEST:
        raise Invalid("sheet_too_large", _("文件超过 1 MB，请只保留需要的行。"))
    file.seek(0)
    if file.read(4) == _ZIP:
        return _workbook(file)
    file.seek(0)
    return _text(file.read())


def _workbook(file: BinaryIO) -> list[Row]:
    """Returns the rows of the only visible sheet; an empty sheet beside it does not count."""
    sheets = [sheet for sheet in open_workbook(file) if sheet.facts.visible]
    filled_sheets = [sheet for sheet in sheets if sheet.facts.rows] or sheets[:1]
    if not filled_sheets:
        raise Invalid("sheet_hidden", _("工作表全部被隐藏，请取消隐藏后再导入。"))
    if len(filled_sheets) > 1:
        raise Invalid(
            "sheets_many",
            _("只读取一张工作表，请删除或隐藏多余的：%(sheets)s。"),
            sheets="、".join(sheet.name for sheet in filled_sheets),
        )
    (sheet,) = filled_sheets
    rows: list[Row] = [
        (row, _without_filled_figures(cells, sheet.filled.get(row, ())))
        for row, cells in sheet()
        if not all(map(is_blank, cells))
    ]
    hidden_rows = [row for row, _cells in rows if row in sheet.facts.hidden_rows]
    if hidden_rows:
        raise Invalid(
            "rows_hidden",
            _("有 %(count)s 行被隐藏（如第 %(row)s 行），请取消隐藏或删除后再导入。"),
            count=len(hidden_rows),
            row=hidden_rows[0],
        )
    return rows


def _without_filled_figures(cells: Sequence[object], filled: Sequence[int]) -> list[object]:
    """Returns the cells of a row; a figure that a merged cell has over several rows stands in its
    first row only, since it would count twice. Names stand in every row.
    """
    return [
        "" if column in filled and _is_figure(cell) else cell for column, cell in enumerate(cells)
    ]


def _is_figure(cell: object) -> bool:
    try:
        float(clean_text(cell))
    except ValueError:
        return False
    return True


def _text(content: bytes) -> list[Row]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = text.partition("\n")[0]
        delimiter = max(",\t;", key=first.count)
        try:
            return list(enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1))
        except csv.Error:
            break
    raise Invalid("encoding_unknown", _("文件无法读取，请另存为 XLSX 或 UTF-8 的 CSV 后再导入。"))
