"""The check of one row: its values, or all reasons for which it cannot be imported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from billing.account_list import cells as read
from billing.account_list.columns import REQUIRED
from billing.account_list.identities import check_identity, kind_of
from office.identity import mask_id_number, mask_phone
from office.intake.cells import UnsolvedFormula, sentence_about, shown
from office.intake.columns import Header
from office.intake.remarks import Remark
from office.pdf.drawable import undrawn

READERS: Mapping[str, Callable[[object], Any]] = {
    "number": read.number,
    "name": read.name,
    "id_number": read.id_number,
    "phone": read.phone,
    "telephone": read.telephone,
    "community": read.community,
    "building": read.building,
    "unit": read.unit,
    "room": read.room,
    "station": read.station,
    "kind": read.resident,
    "category": read.category,
    "height": read.height,
    "supply_state": read.supply_state,
    "charging": read.charging,
    "meter_number": read.meter_number,
    "contract_number": read.contract_number,
    "signed_on": read.signed_on,
    "arrears_season": read.arrears_season,
    "arrears_fen": read.arrears_fen,
    "low_income": read.low_income,
    "remark": read.remark,
}
# What bills and receipts show.
_PRINTED = ("name", "community", "building", "unit", "room")
OPTIONAL_AREAS = ("inner_area", "usable_area", "charge_area")
# The values of empty cells and of missing columns.
_MAY_BE_EMPTY: Mapping[str, Any] = {
    **{key: reader("") for key, reader in READERS.items() if key not in REQUIRED},
    **dict.fromkeys(OPTIONAL_AREAS),
}
# Beyond these a figure is imported with a warning: m² of a home, the building area as a multiple of
# the usable area, and the height of a storey in metres.
LARGEST_HOME = Decimal(1000)
TOO_MANY_TIMES = 10
USUAL_HEIGHTS = (Decimal(2), Decimal(12))
# The report is stored unencrypted, so that it quotes personal data masked, as screens do.
_MASKS: Mapping[str, Callable[[str], str]] = {
    "id_number": mask_id_number,
    "phone": mask_phone,
    "telephone": mask_phone,
}
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Category:
    """A tariff category of the company, and whether it is for homes."""

    pk: int
    residential: bool


@dataclass(frozen=True)
class Frame:
    """The records and dates that rows are checked against."""

    categories: Mapping[str, Category]
    today: date
    season: str


@dataclass
class CheckedRow:
    """A checked row; `values` by column key are complete only when there are no `faults`."""

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def door(self) -> str:
        """Returns the key that identifies the premise; empty while a part of the address is
        unknown.
        """
        parts = [self.values.get(key) for key in ("community", "building", "unit", "room")]
        return "" if None in parts else "\x1f".join(map(str, parts))


class RowChecker:
    """The checker of the rows of one list."""

    def __init__(self, header: Header, frame: Frame) -> None:
        self._header = header
        self._frame = frame
        places = header.places
        self._width = len(header.headings)
        self._reads = [
            (key, header.heading(key), places[key], key in _MAY_BE_EMPTY, reader)
            for key, reader in READERS.items()
            if key in places
        ]
        self._areas = [
            (key, header.heading(key), places[key], key == "building_area")
            for key in ("building_area", *OPTIONAL_AREAS)
            if key in places
        ]

    def check(self, row: int, cells: Sequence[object]) -> CheckedRow:
        """Parses every cell, then checks the cells that depend on each other."""
        values, width = dict(_MAY_BE_EMPTY), len(cells)
        checked = CheckedRow(row, values)
        for key, heading, place, may_be_empty, reader in self._reads:
            cell = cells[place] if place < width else ""
            if may_be_empty and cell == "":
                continue
            try:
                values[key] = reader(cell)
            except ValueError as error:
                values.pop(key, None)
                says = sentence_about(heading, error)
                checked.faults.append(Remark(row, heading, says))
        if width > self._width and any(shown(cell) for cell in cells[self._width :]):
            checked.faults.append(Remark(row, "", "单元格比表头多，请检查是否多了逗号"))
        self._read_areas(checked, cells)
        self._check_category(checked)
        self._check_identity(checked)
        self._check_signing(checked)
        self._check_arrears(checked)
        if checked.faults:
            self._quote(checked, cells)
        else:
            self._look_suspiciously(checked)
        return checked

    def _quote(self, checked: CheckedRow, cells: Sequence[object]) -> None:
        """Adds to each fault of the row the content of the cell that it refuses."""
        key_of = {self._header.heading(key): key for key in self._header.places}
        for place, fault in enumerate(checked.faults):
            key = key_of.get(fault.column)
            if key and (cell := self._header.places[key]) < len(cells):
                checked.faults[place] = replace(fault, value=_value(key, cells[cell]))

    def _read_areas(self, checked: CheckedRow, cells: Sequence[object]) -> None:
        """Reads the areas, of which only the building area must be there; rounds with a warning."""
        for key, heading, place, needed in self._areas:
            cell = cells[place] if place < len(cells) else ""
            if cell == "" and not needed:
                continue
            try:
                checked.values[key], rounded = read.area(cell)
            except ValueError as error:
                # An optional cell may hold spaces, which nobody sees: it is empty.
                if needed or shown(cell):
                    says = sentence_about(heading, error)
                    checked.faults.append(Remark(checked.row, heading, says))
            else:
                if rounded:
                    self._warn(checked, key, f"{heading}已四舍五入到两位小数")

    def _check_category(self, checked: CheckedRow) -> None:
        """Finds the tariff category; a row that does not say who lives there takes it from it."""
        values = checked.values
        if "category" not in values:
            return
        category = self._frame.categories.get(values["category"])
        if category is None:
            self._fault(checked, "category", "热价类别不存在")
            return
        values["category_id"] = category.pk
        values["residential"] = category.residential
        # None is an empty cell; a `kind` that could not be read is missing and stays so.
        if "kind" in values and values["kind"] is None:
            values["kind"] = category.residential

    def _check_identity(self, checked: CheckedRow) -> None:
        """Checks the ID number by the rules for residents or for companies."""
        values = checked.values
        resident = values.get("kind")
        if resident is None:
            return
        if "name" in values:
            values["customer_kind"] = kind_of(values["name"], resident=resident).value
        if number := values.get("id_number"):
            try:
                values["id_number"] = check_identity(number, resident=resident)
            except ValueError as error:
                self._fault(checked, "id_number", str(error))

    def _check_signing(self, checked: CheckedRow) -> None:
        """Refuses a contract that was signed after today."""
        signed_on = checked.values.get("signed_on")
        if signed_on is not None and signed_on > self._frame.today:
            self._fault(checked, "signed_on", "签订日期晚于今天")

    def _check_arrears(self, checked: CheckedRow) -> None:
        """Refuses a debt without its season, a season without a column of debts, and a season
        that is not past.
        """
        season = checked.values.get("arrears_season")
        fen = checked.values.get("arrears_fen")
        if season is None or fen is None:
            return
        if fen and not season:
            self._fault(checked, "arrears_season", "有往年欠费金额而没有年度")
        elif season and not fen and "arrears_fen" not in self._header.places:
            self._fault(checked, "arrears_season", "有往年欠费年度而没有金额")
        elif fen and season >= self._frame.season:
            self._fault(
                checked, "arrears_season", f"往年欠费年度须早于本采暖季 {self._frame.season}"
            )

    def _look_suspiciously(self, checked: CheckedRow) -> None:
        """Warns of values that can be right but seldom are; the row has no fault."""
        values = checked.values
        self._look_for_undrawn(checked)
        building, usable = values["building_area"], values["usable_area"]
        too_large = values["residential"] and building > LARGEST_HOME
        if too_large or (usable is not None and building > usable * TOO_MANY_TIMES):
            self._warn(checked, "building_area", "面积异常大")
        elif usable is not None and usable > building:
            self._warn(checked, "usable_area", "使用面积大于建筑面积")
        lowest, highest = USUAL_HEIGHTS
        if values["height"] is not None and not lowest <= values["height"] <= highest:
            self._warn(checked, "height", "层高异常")
        if values["kind"] != values["residential"]:
            self._warn(checked, "category", "用户类别与热价类别不符")
        if values["charging"] == "metered" and not values["meter_number"]:
            self._warn(checked, "meter_number", "计量用户没有表号")
        if values["arrears_season"] and not values["arrears_fen"]:
            self._warn(checked, "arrears_fen", "有往年欠费年度而没有金额，未记欠费")

    def _look_for_undrawn(self, checked: CheckedRow) -> None:
        """Names the characters of name and address that papers would show as an empty box."""
        texts = {key: str(checked.values.get(key) or "") for key in _PRINTED}
        # Rows are many and rare characters few: one look at all texts finds out.
        if not undrawn("".join(texts.values())):
            return
        for key, text in texts.items():
            if boxes := undrawn(text):
                self._warn(checked, key, f"“{boxes}”没有字体可以打印，单据上会显示为方框")

    def _fault(self, checked: CheckedRow, key: str, says: str) -> None:
        checked.faults.append(Remark(checked.row, self._header.heading(key), says))

    def _warn(self, checked: CheckedRow, key: str, says: str) -> None:
        checked.warnings.append(Remark(checked.row, self._header.heading(key), says))


def _value(key: str, cell: object) -> str:
    """Returns the cell as a fault quotes it: short, and masked where it is personal."""
    if isinstance(cell, UnsolvedFormula):
        # The sentence of this fault already quotes the value.
        return ""
    value = shown(cell)
    mask = _MASKS.get(key)
    return (mask(value) if mask else value)[:_LONGEST_VALUE]
