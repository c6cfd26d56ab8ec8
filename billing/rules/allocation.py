"""Allocation of a payment to debts: the oldest season is paid first, the rest is an advance."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from office.money import yuan_text

K = TypeVar("K", bound=Hashable)
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Receivable(Generic[K]):
    """The amount in fen that is still owed under `key` for a season such as "2024-2025"."""

    key: K
    season: str
    amount_fen: int


@dataclass(frozen=True)
class Share(Generic[K]):
    """The amount that a payment settles of one receivable, and the amount still owed, in fen."""

    key: K
    season: str
    paid_fen: int
    owed_fen: int


@dataclass(frozen=True)
class Allocation(Generic[K]):
    """All receivables in the order they are paid, and the rest that becomes an advance."""

    shares: tuple[Share[K], ...]
    advance_fen: int

    @property
    def paid(self) -> tuple[Share[K], ...]:
        """Returns only the shares that receive money."""
        return tuple(share for share in self.shares if share.paid_fen)

    def explain(self) -> str:
        """Returns the allocation as text, a line per season and one for the advance."""
        lines = [
            f"{share.season} 采暖季：支付 {yuan_text(share.paid_fen)} 元，"
            f"尚欠 {yuan_text(share.owed_fen)} 元"
            for share in self.shares
        ]
        return "\n".join([*lines, f"预存 {yuan_text(self.advance_fen)} 元"])


def allocate(payment_fen: int, receivables: Sequence[Receivable[K]]) -> Allocation[K]:
    """Spreads a payment over receivables, oldest season first; equal seasons keep their order."""
    if payment_fen < 0:
        raise ValueError("付款金额为负")
    if any(receivable.amount_fen < 0 for receivable in receivables):
        raise ValueError("应收金额为负")
    remaining_fen = payment_fen
    shares = []
    for item in sorted(receivables, key=lambda receivable: season_order(receivable.season)):
        paid_fen = min(remaining_fen, item.amount_fen)
        remaining_fen -= paid_fen
        shares.append(Share(item.key, item.season, paid_fen, item.amount_fen - paid_fen))
    return Allocation(tuple(shares), remaining_fen)


def season_order(label: str) -> tuple[int, str]:
    """Returns the sort key of a season label: its first year, then the label itself."""
    if (year := _YEAR.search(label)) is None:
        raise ValueError(f"采暖季名称里没有年份：{label}")
    return int(year.group()), label
