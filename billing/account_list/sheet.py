"""An account list as a stream of rows, whether it is an .xlsx or a .csv."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from billing.account_list.cells import shown
from billing.account_list.columns import Header, as_header, may_still_come
from customers.cells import is_blank
from office.refusals import Invalid
from office.workbook_guard import SheetFacts, inspect_workbook

Row = tuple[int, Sequence[object]]
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_BLOCK = 1024 * 1024
_LARGEST_CSV = 1024 * 1024 * 1024
_TOTALS = ("合计", "总计", "小计", "本页合计", "累计")
_UNENDED = 20_000


@dataclass
class AccountSheet:
    """The list's name, its header, and a way to read its rows as often as needed.

    `rows` gives (row number as in the spreadsheet, cells) of everything under the header but
    empty rows, totals and repeated headers, whose numbers are in `skipped` afterwards.
    `portion` is how much has been read, from 0 to 1.
    """

    name: str
    header: Header
    read: Callable[[], Iterator[Row]]
    portion: Callable[[int], float]
    skipped: int = 0

    def rows(self) -> Iterator[Row]:
        self.skipped = 0
        number = self.header.places["number"]
        heading = shown(self.header.headings[number])
        for row, cells in self.read():
            if row <= self.header.row:
                continue
            cell = cells[number] if number < len(cells) else None
            # Nearly every row of a large list: nothing more needs looking at.
            if isinstance(cell, str) and cell.isascii() and cell.isdigit():
                yield row, cells
            elif _is_no_row(cells) or heading in map(shown, cells[number : number + 1]):
                self.skipped += 1
            else:
                yield row, cells


def open_sheet(file: BinaryIO, name: str) -> AccountSheet:
    """Find the list in the file; refused when there is none in it that can be read."""
    file.seek(0)
    begin = file.read(4)
    if begin == _ZIP:
        return _open_workbook(file)
    if begin == _OLD_EXCEL or PurePath(name).suffix.lower() in {".xls", ".et"}:
        raise Invalid("old_workbook", _("不支持旧版 .xls 表格，请另存为 .xlsx 或 .csv 后再导入。"))
    return _open_text(file, name)


def _open_workbook(file: BinaryIO) -> AccountSheet:
    facts = inspect_workbook(file)
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        for index, name in enumerate(workbook.sheet_names):
            read = _sheet_reader(workbook, index, facts.get(name, SheetFacts()))
            if header := _find_header(read()):
                height = max(workbook.get_sheet_by_index(index).total_height, 1)
                return AccountSheet(name, header, read, partial(_portion_of, height))
    except CalamineError as error:
        raise Invalid("workbook_damaged", _("表格已损坏或有密码，请重新保存后再导入。")) from error
    raise _no_header()


def _sheet_reader(
    workbook: CalamineWorkbook, index: int, facts: SheetFacts
) -> Callable[[], Iterator[Row]]:
    sheet = workbook.get_sheet_by_index(index)
    top = sheet.start[0] if sheet.start else 0
    formulas: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in facts.formulas.items():
        formulas.setdefault(row, []).append((column, text))

    def read() -> Iterator[Row]:
        # iter_rows leaves out what is above the first cell, never what is left of it.
        for row, cells in enumerate(sheet.iter_rows(), start=top):
            values: list[object] = list(cells)
            for column, text in formulas.get(row, ()):
                # A formula is text: its last result is not what somebody typed.
                values[len(values) :] = [""] * (column + 1 - len(values))
                values[column] = text
            yield row + 1, values

    return read


def _open_text(file: BinaryIO, name: str) -> AccountSheet:
    size = file.seek(0, 2)
    if size > _LARGEST_CSV:
        raise Invalid("text_too_large", _("文件超过 1 GB，请分成几个文件导入。"))
    encoding = _encoding(file)
    delimiter = _delimiter(file, encoding)

    def read() -> Iterator[Row]:
        file.seek(0)
        text = io.TextIOWrapper(
            _Shared(file),  # type: ignore[type-var]
            encoding=encoding,
            newline="",
        )
        row = 0
        try:
            for row, cells in enumerate(csv.reader(text, delimiter=delimiter), start=1):
                yield row, cells
        except csv.Error as error:
            raise Invalid(
                "text_broken", _("第 %(row)s 行附近的引号没有成对，请更正后再导入。"), row=row + 1
            ) from error

    header = _find_header(read())
    if header is None:
        raise _no_header()
    return AccountSheet(PurePath(name).stem, header, read, lambda row: file.tell() / max(size, 1))


def _portion_of(height: int, row: int) -> float:
    return min(row / height, 1.0)


class _Shared(io.BufferedIOBase):
    """The same file for one reading after another: closing the reader leaves it open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._file.read(-1 if size is None else size)

    def read1(self, size: int = -1) -> bytes:
        return self._file.read(size if size > 0 else _BLOCK)


def _encoding(file: BinaryIO) -> str:
    """UTF-8 if the whole file is, else GB18030, else a refusal."""
    file.seek(0)
    begin = file.read(3)
    if begin[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(file, encoding):
            return encoding
    raise Invalid("encoding_unknown", _("文件编码无法识别，请另存为 UTF-8 的 CSV 后再导入。"))


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(file: BinaryIO, encoding: str) -> str:
    file.seek(0)
    begin = codecs.getincrementaldecoder(encoding)(errors="ignore").decode(file.read(_UNENDED))
    line = max(begin.splitlines()[:50] or [""], key=lambda text: ("户号" in text, len(text)))
    return max(",\t;", key=line.count)


def _find_header(rows: Iterator[Row]) -> Header | None:
    for row, cells in rows:
        if header := as_header(row, cells):
            return header
        if not may_still_come(row):
            break
    return None


def _is_no_row(cells: Sequence[object]) -> bool:
    """Whether the row is empty or holds totals."""
    first = next((cell for cell in cells if not is_blank(cell)), None)
    return first is None or shown(first).replace(" ", "").rstrip("：:") in _TOTALS


def _no_header() -> Invalid:
    return Invalid(
        "header_missing", _("没有找到表头：前 50 行中须有一行写明户号、户名、小区、房号等列名。")
    )
