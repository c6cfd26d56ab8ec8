"""What is looked at in an .xlsx before a reader may unpack it: its size, and its formulas.

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
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"(?:\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)<))?"
)

Place = tuple[int, int]


@dataclass
class SheetFacts:
    """One sheet's farthest cell and its formulas, both counted from 0."""

    rows: int = 0
    columns: int = 0
    formulas: dict[Place, str] = field(default_factory=dict)


def inspect_workbook(file: BinaryIO) -> Mapping[str, SheetFacts]:
    """The facts of every sheet by its name; refuses what is too large or damaged."""
    if file.seek(0, 2) > LARGEST_FILE:
        raise Invalid("workbook_too_large", _("表格超过 20 MB，请另存为 CSV 后再导入。"))
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise Invalid("workbook_too_large", _("表格解压后过大，请另存为 CSV 后再导入。"))
            return {name: _facts(archive, path) for name, path in _sheets(archive)}
    except (
        zipfile.BadZipFile,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise Invalid("workbook_damaged", _("表格已损坏或有密码，请重新保存后再导入。")) from error


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name, path in the zip) of every worksheet."""
    targets = {}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        attributes = _attributes(relation)
        targets[attributes.get("Id")] = attributes.get("Target", "")
    for sheet in _SHEET.findall(archive.read("xl/workbook.xml")):
        attributes = _attributes(sheet)
        target = targets.get(attributes.get("id", ""), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in archive.namelist():
            yield attributes.get("name", ""), path


def _attributes(element: bytes) -> dict[str, str]:
    return {
        name.decode(): html.unescape(value.decode("utf-8", "replace"))
        for name, value in _ATTRIBUTE.findall(element)
    }


def _facts(archive: zipfile.ZipFile, name: str) -> SheetFacts:
    facts = SheetFacts()
    for letters, digits, formula in _cells(archive, name):
        row, column = int(digits) - 1, _column(letters)
        facts.rows = max(facts.rows, row + 1)
        facts.columns = max(facts.columns, column + 1)
        if formula is not None:
            text = html.unescape(formula.decode("utf-8", "replace"))
            facts.formulas[row, column] = f"={text}"
    if facts.rows > MOST_ROWS:
        raise Invalid("too_many_rows", _("表格超过 10 万行，请另存为 CSV 后再导入。"))
    if facts.rows * facts.columns > MOST_CELLS:
        raise Invalid("too_many_cells", _("表格范围过大，请删除多余的空行空列后再导入。"))
    return facts


def _cells(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[bytes, bytes, bytes | None]]:
    with archive.open(name) as sheet:
        rest = b""
        while block := sheet.read(_BLOCK):
            block = rest + block
            # The last cell may go on in the next block.
            end = _last_cell(block)
            whole, rest = block[:end], block[end:]
            if len(rest) > _LONGEST_CELL + _BLOCK:
                raise Invalid("workbook_damaged", _("表格中有过长的单元格，请更正后再导入。"))
            for found in _CELL.finditer(whole):
                yield found[1], found[2], found[3]
        for found in _CELL.finditer(rest):
            yield found[1], found[2], found[3]


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
