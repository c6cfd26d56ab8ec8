"""How what was paid covers the payment schedule: pure, the earliest instalment first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Instalment:
    """What is due on a day, and what of it is paid, in fen."""

    due_on: date
    amount_fen: int
    paid_fen: int = 0

    @property
    def open_fen(self) -> int:
        """Returns what is still to pay of it."""
        return self.amount_fen - self.paid_fen

    def is_overdue(self, on: date) -> bool:
        """Returns whether something of it is open after its day."""
        return bool(self.open_fen) and self.due_on < on


def cover(schedule: Sequence[tuple[date, int]], paid_fen: int) -> list[Instalment]:
    """Spreads what was paid over a schedule of (day, fen), the earliest day first.

    What was paid beyond the whole schedule belongs to no instalment.
    """
    covered = []
    left_fen = max(paid_fen, 0)
    for due_on, amount_fen in sorted(schedule):
        part_fen = min(left_fen, amount_fen)
        left_fen -= part_fen
        covered.append(Instalment(due_on, amount_fen, part_fen))
    return covered
