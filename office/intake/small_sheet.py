"""A small .csv or .xlsx as rows of cells, for lists that a person could have typed."""

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from office.intake.workbook_guard import inspect_workbook
from office.refusals import Invalid

LARGEST = 1024 * 1024
_ZIP = b"PK\x03\x04"

Row = tuple[int, Sequence[object]]


def read_small_sheet(file: BinaryIO) -> list[Row]:
    """(row number, cells) of the first sheet; refused when too large or unreadable."""
    if file.seek(0, io.SEEK_END) > LARGEST:
        raise Invalid("sheet_too_large", _("文件超过 1 MB，请只保留需要的行。"))
    file.seek(0)
    if file.read(4) == _ZIP:
        return _workbook(file)
    file.seek(0)
    return _text(file.read())


def _workbook(file: BinaryIO) -> list[Row]:
    inspect_workbook(file)
    file.seek(0)
    try:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
        top = sheet.start[0] if sheet.start else 0
        return [(row + 1, cells) for row, cells in enumerate(sheet.iter_rows(), start=top)]
    except (CalamineError, IndexError) as error:
        raise Invalid("workbook_damaged", _("表格已损坏或有密码，请重新保存后再导入。")) from error


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
