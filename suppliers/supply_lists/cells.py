"""The parsers of the cells of a list; a ValueError explains what is wrong with a cell.

Long lists repeat the same days and quantities, so that each of them is parsed once and cached.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from office.intake.cells import (
    CellFault,
    clean_text,
    exact_code,
    read_code,
    read_date,
    read_fen,
    read_number,
    read_text,
)
from office.intake.cells import is_blank as blank
from suppliers.models import Region

_LONGEST_NUMBER = 40
_LARGEST_QUANTITY = Decimal(10) ** 11
_REGIONS = {str(region.label): region for region in Region}


def number(cell: object) -> str:
    """Returns the number of an order or a delivery, as a desk would keep it."""
    if isinstance(cell, str) and cell.isascii() and cell.isalnum():
        text = cell
    else:
        text = read_text(exact_code(cell))
    if len(text) > _LONGEST_NUMBER:
        raise CellFault(f"超过 {_LONGEST_NUMBER} 个字")
    return text


def code(cell: object) -> str:
    """Returns a credit code or a code of a category as it was typed, without spaces."""
    return read_code(exact_code(cell))


@lru_cache(1 << 14, typed=True)
def day(cell: object) -> date:
    """Returns a day."""
    return read_date(cell)


def day_or_none(cell: object) -> date | None:
    """Returns a day, or None for an empty cell."""
    return None if blank(cell) else day(cell)


@lru_cache(1 << 14, typed=True)
def quantity(cell: object) -> Decimal:
    """Returns a quantity with at most three decimals, not below zero."""
    value = read_number(cell)
    if value < 0:
        raise CellFault("不能小于零")
    if value >= _LARGEST_QUANTITY:
        raise CellFault("数量过大")
    if -int(value.normalize().as_tuple().exponent) > 3:
        raise CellFault("至多三位小数")
    return value


def fen_or_none(cell: object) -> int | None:
    """Returns an amount of yuan in fen, or None for an empty cell."""
    return None if blank(cell) else read_fen(cell)


def region(cell: object) -> Region:
    """Returns one of the seven regions, with or without 地区 behind its name."""
    name = clean_text(cell).removesuffix("地区")
    if name not in _REGIONS:
        raise CellFault("应为" + "、".join(_REGIONS))
    return _REGIONS[name]
