"""The line of a bank statement, as the bank printed it."""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Line:
    """One line; amounts in fen. A reversal by sign has a negative amount.

    `payer_name` and `payer_account` are the other party's, whoever paid. `remark` is all that the
    bank printed about the purpose.
    """

    row: int
    day: date
    clock: time | None
    received_fen: int
    paid_fen: int
    balance_fen: int | None
    payer_name: str
    payer_account: str
    remark: str
    serial: str

    @property
    def net_fen(self) -> int:
        """What the line added to the balance."""
        return self.received_fen - self.paid_fen


@dataclass(frozen=True, slots=True)
class Total:
    """A row of totals in the list, with its sums in fen."""

    row: int
    received_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A balance that the statement names outside its lines: opening or closing, in fen."""

    row: int
    fen: int
    opening: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """A row that is no line, with its text: titles, page numbers, repeated headers."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that may be a line but cannot be read: the column's heading and the reason."""

    row: int
    column: str
    reason: str


Row = Line | Total | Stated | Noted | Unreadable
