"""A building table: flats read from a list, with a sentence for every row that cannot be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from django.utils.translation import gettext as _

from office.identity import check_phone
from office.intake.cells import UnsolvedFormula, clean_text, is_blank, read_positive, sentence_about
from office.intake.columns import Columns, Header
from office.intake.small_sheet import read_small_sheet
from office.refusals import Invalid

COLUMNS = Columns(
    names={
        "building": ("楼号", "楼栋", "楼栋号"),
        "unit": ("单元", "单元号"),
        "room": ("房号", "室号", "房间号"),
        "area": ("建筑面积", "面积"),
        "category": ("热价类别", "用热性质"),
        "name": ("户名", "业主", "姓名"),
        "phone": ("电话", "手机", "联系电话"),
        "station": ("换热站",),
    },
    required=("building", "room", "area", "category"),
    anchor="room",
)
MOST_FLATS = 10_000
_LONGEST = {"building": 30, "unit": 20, "room": 20, "category": 40, "name": 80, "station": 60}


@dataclass(frozen=True)
class Flat:
    """A flat as the list has it; the area is in m², `row` is that of the list."""

    row: int
    building: str
    unit: str
    room: str
    area: Decimal
    category: str
    name: str = ""
    phone: str = ""
    station: str = ""

    @property
    def door(self) -> tuple[str, str, str]:
        """What no two flats of a community share."""
        return self.building, self.unit, self.room


def read_flats(
    file: BinaryIO, categories: Collection[str]
) -> tuple[list[Flat], list[tuple[int, str]]]:
    """Returns the flats of a list, and (row, sentence) for every fault.

    Refuses a file without the columns of a building table and one with too many rows.
    """
    sheet = read_small_sheet(file)
    header = COLUMNS.find_header(sheet)
    if header is None:
        raise COLUMNS.no_header()
    rows = [
        (row, cells)
        for row, cells in sheet
        if row > header.row and not all(is_blank(cell) for cell in cells)
    ]
    if not 0 < len(rows) <= MOST_FLATS:
        raise Invalid("table_size", _("楼栋表须有 1 至 10000 行。"))
    flats: list[Flat] = []
    faults: list[tuple[int, str]] = []
    rows_of_doors: dict[tuple[str, str, str], int] = {}
    for row, cells in rows:
        try:
            flat = _flat(header, row, cells, categories)
        except ValueError as error:
            faults.append((row, str(error)))
            continue
        earlier = rows_of_doors.setdefault(flat.door, row)
        if earlier != row:
            faults.append((row, _("与第 %(row)s 行是同一户") % {"row": earlier}))
            continue
        flats.append(flat)
    return flats, faults


def _flat(header: Header, row: int, cells: Sequence[object], categories: Collection[str]) -> Flat:
    """Returns the flat of a row; raises ValueError with the sentence for the clerk."""
    texts = {key: _text(header, key, cells) for key in COLUMNS.names if key != "area"}
    for key in ("building", "room", "category"):
        if not texts[key]:
            raise ValueError(_("%(column)s为空") % {"column": COLUMNS.heading(key)})
    for key, most in _LONGEST.items():
        if len(texts[key]) > most:
            raise ValueError(_("%(column)s过长") % {"column": COLUMNS.heading(key)})
    if texts["category"] not in categories:
        raise ValueError(_("没有热价类别“%(name)s”") % {"name": texts["category"]})
    area = read_area(header, cells)
    if texts["phone"]:
        try:
            texts["phone"] = check_phone(texts["phone"])
        except ValueError as error:
            raise ValueError(sentence_about(COLUMNS.heading("phone"), error)) from error
    return Flat(row=row, area=area, **texts)


def read_area(header: Header, cells: Sequence[object]) -> Decimal:
    """Returns the area of a row in m², with two places; raises ValueError with the sentence."""
    try:
        area = read_positive(_cell(header, "area", cells))
    except ValueError as error:
        raise ValueError(sentence_about(COLUMNS.heading("area"), error)) from error
    if area != round(area, 2) or area >= 10**8:
        raise ValueError(_("建筑面积应为两位小数以内的数"))
    return area


def _cell(header: Header, key: str, cells: Sequence[object]) -> object:
    place = header.places.get(key)
    return cells[place] if place is not None and place < len(cells) else ""


def _text(header: Header, key: str, cells: Sequence[object]) -> str:
    """Returns the text of a cell as places are stored: narrow characters without spaces."""
    cell = _cell(header, key, cells)
    if isinstance(cell, UnsolvedFormula):
        raise ValueError(sentence_about(COLUMNS.heading(key), cell.fault))
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return clean_text(cell).replace(" ", "")
