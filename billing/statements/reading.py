"""The rows of a statement read into lines, totals, stated balances and notes; none is left out."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time

from billing.statements.cells import (
    Moment,
    is_empty,
    plain_text,
    read_amount,
    read_clock,
    read_long_number,
    read_moment,
)
from billing.statements.columns import plain_heading
from billing.statements.lines import Line, Noted, Row, Stated, Total, Unreadable
from office.intake.cells import UnsolvedFormula, sentence_about, shown
from office.intake.columns import Header

_TOTALS = re.compile(r"(?:本[页月日期年]|当[页月日期年])?(?:合计|总计|小计|累计)")
_OPENING = re.compile(r"(?:期初|上期|上日|昨日|上月|上年|起始|承前页?)(?:账户|可用)?(?:余额)?")
_CLOSING = re.compile(r"(?:期末|本期|截止|终止|结束|结存)(?:账户)?余额")
_LABELLED = re.compile(
    r"(?P<label>[^:]*?):?(?P<amount>[-(\[【]?[¥￥]?[0-9][0-9,]*(?:\.[0-9]+)?\D*)?"
)
_ACCOUNT = re.compile(r"(?:账号|帐号|账户|卡号)[: ]*([0-9*xX][0-9*xX -]{6,40})")
_CURRENCY = re.compile(r"币种[: ]*([A-Za-z\u4e00-\u9fff]+)")
_OUT = re.compile(r"借|支|付|往|转出|出|D(?:R|EBIT)?|OUT", re.I)
_IN = re.compile(r"贷|收|来|转入|入|C(?:R|REDIT)?|IN", re.I)
_RENMINBI = frozenset({"人民币", "人民币元", "CNY", "RMB", "元"})


@dataclass
class Preface:
    """What a statement says above its lines.

    `account` is the account's number as printed, perhaps with asterisks.
    """

    account: str = ""
    currency: str = ""
    stated: list[Stated] = field(default_factory=list)

    @property
    def foreign(self) -> bool:
        """Whether the statement names another currency than yuan."""
        return bool(self.currency) and self.currency.upper() not in _RENMINBI


def read_preface(rows: Sequence[tuple[int, Sequence[object]]]) -> Preface:
    """Returns what the rows above the header say of account, currency and opening balance."""
    preface = Preface()
    for row, cells in rows:
        text = " ".join(_narrow(cell) for cell in cells if not is_empty(cell))
        if not preface.account and (account := _ACCOUNT.search(text)):
            preface.account = account[1].replace(" ", "").strip("-")
        if not preface.currency and (currency := _CURRENCY.search(text)):
            preface.currency = currency[1]
        preface.stated += _stated(row, cells)
    return preface


class RowReader:
    """Reads the rows under the header of one statement."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._heading = [plain_heading(text) for text in header.headings]

    def read(self, row: int, cells: Sequence[object]) -> Row | None:
        """Returns what the row holds; None for an empty row."""
        filled = [cell for cell in cells if not is_empty(cell)]
        if not filled:
            return None
        try:
            moment: Moment | None = read_moment(self._cell("day", cells))
        except ValueError as error:
            moment, day_error = None, error
            if _TOTALS.match(_narrow(filled[0]).replace(" ", "")):
                return self._total(row, cells)
            if self._is_header_again(cells):
                return Noted(row, _joined(filled))
        amounts = [
            key for key in ("received", "paid", "amount") if not is_empty(self._cell(key, cells))
        ]
        if not amounts:
            stated = _stated(row, cells) or self._stated_in_balance(row, cells)
            return stated[0] if stated else Noted(row, _joined(filled))
        if moment is None:
            if stated := _stated(row, cells):
                return stated[0]
            return Unreadable(
                row, self._named("day"), sentence_about(self._named("day"), day_error)
            )
        return self._line(row, cells, moment)

    def _line(self, row: int, cells: Sequence[object], moment: Moment) -> Row:
        # A formula without a result would become the name or the number of a payer.
        for key in self._header.places:
            if isinstance(cell := self._cell(key, cells), UnsolvedFormula):
                name = self._named(key)
                return Unreadable(row, name, sentence_about(name, cell.fault))
        amounts = {}
        for key in ("received", "paid", "amount", "balance"):
            try:
                amounts[key] = read_amount(self._cell(key, cells))
            except ValueError as error:
                return Unreadable(row, self._named(key), sentence_about(self._named(key), error))
        received_fen, paid_fen = amounts["received"], amounts["paid"]
        if "amount" in self._header.places:
            side = _narrow(self._cell("side", cells)) if "side" in self._header.places else ""
            received_fen, paid_fen = _by_side(amounts["amount"], side)
        if received_fen and paid_fen:
            return Unreadable(row, self._named("paid"), "收入和支出同时有金额")
        other = "payee" if paid_fen else "payer"
        return Line(
            row=row,
            day=moment.day,
            clock=moment.clock or self._clock(cells),
            received_fen=received_fen,
            paid_fen=paid_fen,
            balance_fen=None if is_empty(self._cell("balance", cells)) else amounts["balance"],
            payer_name=self._text("name", cells) or self._text(f"{other}_name", cells),
            payer_account=(
                self._number("account", cells) or self._number(f"{other}_account", cells)
            ),
            remark=self._remark(cells),
            serial=self._number("serial", cells),
        )

    def _total(self, row: int, cells: Sequence[object]) -> Row:
        try:
            return Total(
                row,
                read_amount(self._cell("received", cells)),
                read_amount(self._cell("paid", cells)),
            )
        except ValueError:
            return Noted(row, _joined([cell for cell in cells if not is_empty(cell)]))

    def _stated_in_balance(self, row: int, cells: Sequence[object]) -> list[Stated]:
        """Returns a balance whose label stands in any cell and its amount in the balance column."""
        labels = [_narrow(cell).replace(" ", "") for cell in cells if isinstance(cell, str)]
        opening = any(_OPENING.fullmatch(label) for label in labels)
        closing = any(_CLOSING.fullmatch(label) for label in labels)
        try:
            fen = read_amount(self._cell("balance", cells))
        except ValueError:
            return []
        return [Stated(row, fen, opening=opening)] if opening or closing else []

    def _is_header_again(self, cells: Sequence[object]) -> bool:
        same = sum(
            1
            for place, cell in enumerate(cells[: len(self._heading)])
            if isinstance(cell, str) and cell and plain_heading(shown(cell)) == self._heading[place]
        )
        return same >= self._header.columns.fewest

    def _remark(self, cells: Sequence[object]) -> str:
        texts: list[str] = []
        for key in ("summary", "purpose", "note"):
            text = self._text(key, cells)
            if text and text not in texts:
                texts.append(text)
        return " ".join(texts)

    def _clock(self, cells: Sequence[object]) -> time | None:
        return read_clock(self._cell("clock", cells)) if "clock" in self._header.places else None

    def _cell(self, key: str, cells: Sequence[object]) -> object:
        place = self._header.places.get(key)
        return cells[place] if place is not None and place < len(cells) else None

    def _text(self, key: str, cells: Sequence[object]) -> str:
        return plain_text(self._cell(key, cells))

    def _number(self, key: str, cells: Sequence[object]) -> str:
        return read_long_number(self._cell(key, cells))

    def _named(self, key: str) -> str:
        place = self._header.places.get(key)
        return shown(self._header.headings[place]) if place is not None else key


def _by_side(amount_fen: int, side: str) -> tuple[int, int]:
    """Returns (received, paid) of one amount with its side; without a side its sign decides."""
    if not side:
        return (amount_fen, 0) if amount_fen >= 0 else (0, -amount_fen)
    # 转出 and 支出 hold 出; 转入 and 收入 hold 入: the sides are asked for in this order.
    if _OUT.search(side) and not _IN.match(side):
        return 0, amount_fen
    return amount_fen, 0


def _stated(row: int, cells: Sequence[object]) -> list[Stated]:
    """Returns the balances that the row states as "label amount" in one cell or in two."""
    stated = []
    texts = [_narrow(cell).replace(" ", "") for cell in cells]
    for place, text in enumerate(texts):
        parts = _LABELLED.fullmatch(text) if text else None
        if parts is None:
            continue
        opening = _OPENING.fullmatch(parts["label"]) is not None
        if not opening and _CLOSING.fullmatch(parts["label"]) is None:
            continue
        following = (cell for cell in cells[place + 1 :] if not is_empty(cell))
        cell = parts["amount"] or next(following, None)
        try:
            if cell is not None:
                stated.append(Stated(row, read_amount(cell), opening=opening))
        except ValueError:
            continue
    return stated


def _narrow(cell: object) -> str:
    return unicodedata.normalize("NFKC", shown(cell))


def _joined(cells: Sequence[object]) -> str:
    return " ".join(shown(cell) for cell in cells)[:200]
