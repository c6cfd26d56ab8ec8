"""What is looked at in an .xlsx before a reader may unpack it.

Its size; then what a reader of values does not tell: formulas, merged cells, hidden sheets and
rows, and formats that show leading zeros.

A workbook is a zip of XML. A few kilobytes can claim a cell in the last corner of the sheet, and
a reader that lays the sheet out as a rectangle would ask for all the memory there is.
"""

import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
MOST_ROWS = 100_050
MOST_CELLS = 6_000_000
_BLOCK = 1024 * 1024
_LONGEST_CELL = 200_000
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb'(?:\w+:)?(\w+)="([^"]*)"')
_CELL = re.compile(
    rb'<(?:\w+:)?c\s([^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*)>'
    rb"(?:\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)"
    rb"(?:\s*<(?:\w+:)?v\b[^>]*>([^<]*)<)?)?"
)
_HAS_FORMULA = re.compile(rb"\s*<(?:\w+:)?f\b")
_STYLE = re.compile(rb'\bs="([0-9]+)"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="([0-9]{1,7})"')
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]*?\bref="([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})"'
)
_CALCULATED_ON_LOAD = re.compile(rb'<(?:\w+:)?calcPr\s[^>]*\bfullCalcOnLoad="(?:1|true)"')
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_CELL_FORMAT = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_ZEROS = re.compile(r"(?:\[\$[^\]]*\])?(0{2,30})(?:[;_].*)?")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula; `solved` when the workbook stores a result that can be believed."""

    cell: str
    text: str
    solved: bool


@dataclass
class SheetFacts:
    """What one sheet holds besides values; rows and columns are counted from 0.

    `formulas` by row and column; `padded` gives (column, digits) by row of cells whose format
    shows leading zeros; `merged` gives (column, last row) by the row in which a merged cell of
    several rows begins. `hidden_rows` are numbers as the spreadsheet shows them, from 1.
    """

    rows: int = 0
    columns: int = 0
    visible: bool = True
    formulas: dict[int, dict[int, Formula]] = field(default_factory=dict)
    padded: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Book:
    """What all sheets of a workbook share."""

    zeros: Mapping[bytes, int]
    calculated_on_load: bool


def inspect_workbook(file: BinaryIO) -> Mapping[str, SheetFacts]:
    """The facts of every sheet by its name; refuses what is too large or damaged."""
    if file.seek(0, 2) > LARGEST_FILE:
        raise Invalid("workbook_too_large", _("表格超过 20 MB，请另存为 CSV 后再导入。"))
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise Invalid("workbook_too_large", _("表格解压后过大，请另存为 CSV 后再导入。"))
            book = _Book(_zero_formats(archive), _is_calculated_on_load(archive))
            return {
                name: _facts(archive, path, book, visible=visible)
                for name, path, visible in _sheets(archive)
            }
    except (
        zipfile.BadZipFile,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise Invalid("workbook_damaged", _("表格已损坏或有密码，请重新保存后再导入。")) from error


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, bool]]:
    """(name, path in the zip, whether people see it) of every worksheet."""
    targets = {}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        attributes = _attributes(relation)
        targets[attributes.get("Id")] = attributes.get("Target", "")
    for sheet in _SHEET.findall(archive.read("xl/workbook.xml")):
        attributes = _attributes(sheet)
        target = targets.get(attributes.get("id", ""), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in archive.namelist():
            visible = attributes.get("state", "visible") == "visible"
            yield attributes.get("name", ""), path, visible


def _is_calculated_on_load(archive: zipfile.ZipFile) -> bool:
    """Whether the program that wrote the workbook has left its formulas to be calculated."""
    return _CALCULATED_ON_LOAD.search(archive.read("xl/workbook.xml")) is not None


def _zero_formats(archive: zipfile.ZipFile) -> dict[bytes, int]:
    """The number of digits that a cell's format shows, by the cell's style, as in 00000000."""
    try:
        styles = archive.read("xl/styles.xml")
    except KeyError:
        return {}
    digits = {}
    for element in _FORMAT.findall(styles):
        attributes = _attributes(element)
        if zeros := _ZEROS.fullmatch(attributes.get("formatCode", "")):
            digits[attributes.get("numFmtId")] = len(zeros[1])
    cell_formats = _CELL_FORMATS.search(styles)
    return {
        str(style).encode(): digits[number]
        for style, element in enumerate(
            _CELL_FORMAT.findall(cell_formats[0] if cell_formats else b"")
        )
        if (number := _attributes(element).get("numFmtId")) in digits
    }


def _attributes(element: bytes) -> dict[str, str]:
    return {
        name.decode(): html.unescape(value.decode("utf-8", "replace"))
        for name, value in _ATTRIBUTE.findall(element)
    }


def _facts(archive: zipfile.ZipFile, name: str, book: _Book, *, visible: bool) -> SheetFacts:
    facts = SheetFacts(visible=visible)
    for block in _blocks(archive, name):
        for cell in _CELL.finditer(block):
            _note_cell(facts, cell, book)
        facts.hidden_rows.update(map(int, _HIDDEN_ROW.findall(block)))
        for letters, first, last in _MERGED.findall(block):
            if first != last:
                facts.merged.setdefault(int(first) - 1, []).append(
                    (_column(letters), int(last) - 1)
                )
    if facts.rows > MOST_ROWS:
        raise Invalid("too_many_rows", _("表格超过 10 万行，请另存为 CSV 后再导入。"))
    if facts.rows * facts.columns > MOST_CELLS:
        raise Invalid("too_many_cells", _("表格范围过大，请删除多余的空行空列后再导入。"))
    return facts


def _note_cell(facts: SheetFacts, cell: re.Match[bytes], book: _Book) -> None:
    attributes, letters, digits, formula, result = cell.groups()
    row, column = int(digits) - 1, _column(letters)
    facts.rows = max(facts.rows, row + 1)
    facts.columns = max(facts.columns, column + 1)
    if book.zeros and (style := _STYLE.search(attributes)) and style[1] in book.zeros:
        facts.padded.setdefault(row, []).append((column, book.zeros[style[1]]))
    if _HAS_FORMULA.match(cell.string, cell.end(1) + 1):
        text = html.unescape((formula or b"").decode("utf-8", "replace"))
        # A program that cannot calculate writes 0 beside each formula, and that it is to be
        # calculated on load: its zeros are no results.
        solved = bool(result) and not (book.calculated_on_load and result == b"0")
        facts.formulas.setdefault(row, {})[column] = Formula(
            f"{letters.decode()}{digits.decode()}", f"={text}", solved
        )


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The sheet in blocks that end between two cells."""
    with archive.open(name) as sheet:
        rest = b""
        while block := sheet.read(_BLOCK):
            block = rest + block
            # The last cell may go on in the next block.
            end = _last_cell(block)
            whole, rest = block[:end], block[end:]
            if len(rest) > _LONGEST_CELL + _BLOCK:
                raise Invalid("workbook_damaged", _("表格中有过长的单元格，请更正后再导入。"))
            yield whole
        yield rest


def _last_cell(block: bytes) -> int:
    """Where the last cell begins; the whole block when it has none."""
    end = max(block.rfind(b"<c "), block.rfind(b":c "))
    if end < 0:
        return len(block)
    return max(block.rfind(b"<", 0, end + 1), 0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
