"""Rounding of cash to yuan, jiao or fen; the difference is a visible line and is never lost."""

from dataclasses import dataclass
from decimal import Decimal

from office.money import round_half_up, yuan_text

YUAN = "yuan"
JIAO = "jiao"
FEN = "fen"
FEN_PER_COIN = {YUAN: 100, JIAO: 10, FEN: 1}


@dataclass(frozen=True)
class CashAmount:
    """The cash to take and the adjustment line: cash = due + adjustment, in fen."""

    cash_fen: int
    adjustment_fen: int
    due_fen: int
    precision: str

    def explain(self) -> str:
        """Returns the rounding as a sentence."""
        return (
            f"应收 {yuan_text(self.due_fen)} 元，现金 {yuan_text(self.cash_fen)} 元，"
            f"尾差 {yuan_text(self.adjustment_fen)} 元"
        )


def round_cash(due_fen: int, precision: str) -> CashAmount:
    """Returns the amount due in whole coins of `precision` (yuan, jiao or fen), rounded HALF_UP."""
    if precision not in FEN_PER_COIN:
        raise ValueError(f"现金精度不认识：{precision}")
    coin = FEN_PER_COIN[precision]
    cash = round_half_up(Decimal(due_fen), coin) * coin
    return CashAmount(cash, cash - due_fen, due_fen, precision)
