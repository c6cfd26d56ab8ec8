"""The parsers of the cells of an account list; a ValueError explains what is wrong with a cell.

Large lists repeat the same few thousand texts, so that each text is parsed once and cached.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from customers.models import (
    Account,
    Building,
    Charging,
    Community,
    Customer,
    HeatStation,
    Premise,
    SupplyContract,
    SupplyState,
)
from office.identity import check_mobile, check_phone
from office.intake.cells import (
    ALONE,
    BECAME_A_NUMBER,
    PLAIN_LETTERS,
    CellFault,
    clean_text,
    exact_code,
    read_code,
    read_date,
    read_fen,
    read_number,
    read_positive,
    read_season,
    read_yes_no,
)

_AS_IT_IS = re.compile(f"{PLAIN_LETTERS}*")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,20}")
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PLAIN_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
_PLAIN_AREA = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,2})?")
_PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]*")
_SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)", re.I)
_HUNDREDTH = Decimal("0.01")
LARGEST_AREA = Decimal(10) ** 8
_EARLIEST_SIGNING = date(1950, 1, 1)

_STATES: Mapping[str, str] = {
    "": SupplyState.HEATED,
    "正常": SupplyState.HEATED,
    "供热": SupplyState.HEATED,
    "在供": SupplyState.HEATED,
    "用热": SupplyState.HEATED,
    "报停": SupplyState.STOPPED,
    "停供": SupplyState.STOPPED,
    "停热": SupplyState.STOPPED,
    "停用": SupplyState.STOPPED,
}
_CHARGINGS: Mapping[str, str] = {
    "": Charging.AREA,
    "面积": Charging.AREA,
    "按面积": Charging.AREA,
    "计量": Charging.METERED,
    "按计量": Charging.METERED,
    "热计量": Charging.METERED,
    "按热量": Charging.METERED,
}
_KINDS: Mapping[str, bool] = {
    "居民": True,
    "居民用户": True,
    "个人": True,
    "非居民": False,
    "非居民用户": False,
    "单位": False,
    "单位用户": False,
}


def text(cell: object) -> str:
    """Returns the cell as clean text, possibly empty."""
    if isinstance(cell, str) and _AS_IT_IS.fullmatch(cell):
        return cell
    cleaned = clean_text(cell)
    if _SPREADSHEET_ERROR.fullmatch(cleaned):
        raise CellFault("是公式错误值")
    if "\x00" in cleaned:
        raise ValueError("含有控制字符")
    return cleaned


def _no_longer_than(most: int, *, needed: bool = False) -> Callable[[object], str]:
    """Returns a parser of clean text with a maximum length, with a short cut for ordinary cells."""
    plain = re.compile(f"{PLAIN_LETTERS}{{{int(needed)},{most}}}").fullmatch

    def read(cell: object) -> str:
        if isinstance(cell, str) and plain(cell):
            return cell
        cleaned = text(cell)
        if len(cleaned) > most:
            raise CellFault(f"超过 {most} 个字")
        if needed and not cleaned:
            raise CellFault("为空")
        return cleaned

    return read


def _place(most: int, *, needed: bool = False) -> Callable[[object], str]:
    """Returns the name of a place without its spaces, so that both spellings are the same place."""
    read = _no_longer_than(most, needed=needed)
    return lru_cache(1 << 14, typed=True)(lambda cell: read(cell).replace(" ", ""))


def _length(model: type[object], field: str) -> int:
    return int(model._meta.get_field(field).max_length)  # type: ignore[attr-defined] # noqa: SLF001


name = _no_longer_than(_length(Customer, "name"), needed=True)
remark = _no_longer_than(_length(Customer, "remark"))
community = _place(_length(Community, "name"), needed=True)
building = _place(_length(Building, "name"), needed=True)
unit = _place(_length(Premise, "unit"))
room = _place(_length(Premise, "room"), needed=True)
station = _place(_length(HeatStation, "name"))
category = lru_cache(1 << 12, typed=True)(_no_longer_than(200, needed=True))


def number(cell: object) -> str:
    """Returns an account number: digits, capitals and dashes."""
    if isinstance(cell, str) and _PLAIN_NUMBER.fullmatch(cell):
        return cell
    code = read_code(exact_code(cell))
    if not _NUMBER.fullmatch(code):
        raise CellFault("只能由数字、字母和横线组成")
    if len(code) > (most := _length(Account, "number")):
        raise CellFault(f"超过 {most} 位")
    return code


def _code(most: int) -> Callable[[object], str]:
    plain = re.compile(f"{PLAIN_LETTERS}{{0,{most}}}").fullmatch

    def read(cell: object) -> str:
        if isinstance(cell, str) and plain(cell):
            return cell
        cleaned = text(exact_code(cell)).replace(" ", "")
        if len(cleaned) > most:
            raise CellFault(f"超过 {most} 位")
        return cleaned

    return read


meter_number = _code(_length(SupplyContract, "meter_number"))
contract_number = _code(_length(SupplyContract, "number"))


def id_number(cell: object) -> str:
    """Returns the customer's ID number, unchecked.

    Refuses a numeric cell, since a spreadsheet drops the last digits of so long a number.
    """
    if isinstance(cell, str) and _PLAIN_IDENTITY.fullmatch(cell):
        return cell
    if isinstance(cell, float | int) or "E+" in (cleaned := text(cell)).upper():
        raise CellFault(BECAME_A_NUMBER)
    return cleaned.replace(" ", "").upper()


def phone(cell: object) -> str:
    """Returns a mobile number, or an empty text."""
    if isinstance(cell, str) and _PLAIN_MOBILE.fullmatch(cell):
        return cell
    digits = text(cell)
    try:
        return check_mobile(digits) if digits else ""
    except ValueError as error:
        raise CellFault(str(error), ALONE) from None


def telephone(cell: object) -> str:
    """Returns a mobile or landline number, or an empty text."""
    digits = text(cell)
    try:
        return check_phone(digits) if digits else ""
    except ValueError as error:
        raise CellFault(str(error), ALONE) from None


@lru_cache(1 << 14, typed=True)
def area(cell: object) -> tuple[Decimal, bool]:
    """Returns the area in m² with two decimals, and whether further decimals were rounded away."""
    if isinstance(cell, str) and _PLAIN_AREA.fullmatch(cell):
        square_metres = Decimal(cell)
        if not square_metres:
            raise CellFault("必须大于零")
        return square_metres, False
    square_metres = read_positive(cell)
    if square_metres >= LARGEST_AREA:
        raise CellFault("过大")
    rounded = square_metres.quantize(_HUNDREDTH, ROUND_HALF_UP)
    if not rounded:
        raise CellFault("必须大于零")
    return rounded, rounded != square_metres


@lru_cache(1 << 12, typed=True)
def height(cell: object) -> Decimal | None:
    """Returns the height in metres, or None."""
    if text(cell) == "":
        return None
    metres = read_positive(cell)
    if metres >= 100:
        raise CellFault("过大")
    return metres.quantize(_HUNDREDTH, ROUND_HALF_UP)


@lru_cache(1 << 10, typed=True)
def supply_state(cell: object) -> str:
    if (state := _STATES.get(text(cell))) is None:
        raise CellFault("只能填正常或报停")
    return str(state)


@lru_cache(1 << 10, typed=True)
def charging(cell: object) -> str:
    if (charging := _CHARGINGS.get(text(cell))) is None:
        raise CellFault("只能填面积或计量")
    return str(charging)


@lru_cache(1 << 10, typed=True)
def resident(cell: object) -> bool | None:
    """Returns whether the customer is a resident, or None where the list leaves it open."""
    if not (word := text(cell)):
        return None
    if (kind := _KINDS.get(word)) is None:
        raise CellFault("只能填居民或非居民")
    return kind


@lru_cache(1 << 10, typed=True)
def low_income(cell: object) -> bool:
    return read_yes_no(cell)


@lru_cache(1 << 14, typed=True)
def signed_on(cell: object) -> date | None:
    """Returns the day of signing, or None."""
    if isinstance(cell, str) and _PLAIN_DATE.fullmatch(cell):
        try:
            day = date.fromisoformat(cell)
        except ValueError:
            raise ValueError("日期无效") from None
    elif text(cell) == "":
        return None
    else:
        day = read_date(cell)
    if day < _EARLIEST_SIGNING:
        raise ValueError("日期过早")
    return day


@lru_cache(1 << 10, typed=True)
def arrears_season(cell: object) -> str:
    """Returns the label of a season, or an empty text."""
    return read_season(cell) if text(cell) else ""


def arrears_fen(cell: object) -> int:
    """Returns the arrears in fen; an empty cell is 0."""
    if text(cell) == "":
        return 0
    if read_number(cell) < 0:
        raise CellFault("不能为负数")
    fen = read_fen(cell)
    if fen >= 10**12:
        raise CellFault("过大")
    return fen
