"""Cells of bank statements: amounts with signs and brackets, days with times, long numbers."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time

from office.intake.cells import (
    CellFault,
    became_a_number,
    clean_text,
    is_blank,
    read_date,
    read_fen,
    shown,
)

_QUOTED = re.compile(r'="?([^"]*)"?')
_BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]+)[)\]】〕]")
_CURRENCY = re.compile(r"(?:¥|RMB|CNY|人民币|元|圆)")
_USUAL = re.compile(r"-?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,4})\.[0-9]{2}")
_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无"})
_MOMENT = re.compile(
    r"(?P<day>[0-9]{8}|[0-9]{4}\D[0-9]{1,2}\D[0-9]{1,2}日?)"
    r"[ T]*(?P<hour>[0-9]{1,2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
)
_TIME = re.compile(r"(?P<hour>[0-9]{1,2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Moment:
    """The day of a line and, where the bank prints it, the time of day."""

    day: date
    clock: time | None = None


def is_empty(cell: object) -> bool:
    """Returns whether nothing can be seen in the cell; looks closer at strange characters only."""
    if cell is None or cell == "":
        return True
    if isinstance(cell, str) and cell[0].isascii() and cell[0].isprintable() and cell[0] != " ":
        return False
    return is_blank(cell)


def plain_text(cell: object) -> str:
    """Returns the cell as one line of text, without the `="…"` in which banks wrap long numbers."""
    # Digits, Chinese characters and the like are clean as they are: nearly every cell.
    text = shown(cell) if isinstance(cell, str) else clean_text(cell)
    wrapped = _QUOTED.fullmatch(text) if text.startswith("=") else None
    return clean_text(wrapped[1]) if wrapped else text.removeprefix("'")


def read_amount(cell: object) -> int:
    """Returns an amount in fen; an empty cell or a dash is 0.

    A leading or trailing minus sign and red brackets, "(5,327.61)", make the amount negative.
    Raises ValueError with the reason when the cell is no amount.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return read_fen(cell)
    if isinstance(cell, str) and _USUAL.fullmatch(cell):
        return int(cell.replace(",", "").replace(".", ""))
    text = unicodedata.normalize("NFKC", plain_text(cell)).replace(" ", "").replace("−", "-")
    text = text.upper()
    if text in _NOTHING:
        return 0
    bracketed = _BRACKETED.fullmatch(_CURRENCY.sub("", text))
    number = _CURRENCY.sub("", bracketed[1] if bracketed else text)
    if number.endswith("-"):
        number = "-" + number[:-1]
    if bracketed and number.startswith("-"):
        number = number[1:]
    fen = read_fen(number)
    return -fen if bracketed else fen


def read_moment(cell: object) -> Moment:
    """Returns the day, with the time where the cell has one; ValueError when it is no day."""
    if isinstance(cell, datetime):
        return Moment(cell.date(), cell.time() if cell.time() != time() else None)
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", plain_text(cell))
        if parts := _MOMENT.fullmatch(text):
            return Moment(read_date(parts["day"]), _time_of(parts))
        return Moment(read_date(text))
    return Moment(read_date(cell))


def read_clock(cell: object) -> time | None:
    """Returns the time of day of a cell of its own; None when it holds none."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    parts = _TIME.fullmatch(plain_text(cell).replace(" ", ""))
    return _time_of(parts) if parts else None


def read_long_number(cell: object) -> str:
    """Returns a serial or account number in one spelling: narrow, without spaces, in capitals.

    A number whose last digits a spreadsheet has lost identifies nothing: it is "".
    """
    if became_a_number(cell):
        return ""
    try:
        text = plain_text(cell)
    except CellFault:
        return ""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _time_of(parts: re.Match[str]) -> time | None:
    try:
        return time(int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
    except ValueError:
        return None
