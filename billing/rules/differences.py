"""Corrections of a bill's line: by difference or by an amount, with the VAT of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from office.money import split_vat


@dataclass(frozen=True)
class Billed:
    """What a line of a bill comes to with its earlier corrections, in fen, tax included."""

    amount_fen: int
    tax_fen: int
    vat_rate: Decimal


@dataclass(frozen=True)
class Difference:
    """The amount and the tax in fen by which a line is corrected; below zero for a credit.

    `should_fen` and `billed_fen` are the two sides of a correction by difference.
    """

    amount_fen: int
    tax_fen: int
    should_fen: int | None = None
    billed_fen: int | None = None


def by_difference(should_fen: int, billed: Billed) -> Difference:
    """Returns what should have been billed less what was billed.

    The tax is a difference as well, so that the line bears the tax of `should_fen` in the end,
    whatever came before. It is bounded by the amount, which has the same sign.
    """
    if should_fen < 0:
        raise ValueError("应为金额为负")
    amount = should_fen - billed.amount_fen
    tax = _tax(should_fen, billed.vat_rate) - billed.tax_fen
    bounded = max(min(tax, max(amount, 0)), min(amount, 0))
    return Difference(amount, bounded, should_fen, billed.amount_fen)


def by_amount(amount_fen: int, billed: Billed) -> Difference:
    """Returns a supplement (above zero) or a credit (below zero) of this amount, with its own tax.

    Such corrections add up to the same in any order. A credit that leaves nothing of the line
    leaves nothing of its tax either.
    """
    if amount_fen + billed.amount_fen == 0:
        return Difference(amount_fen, -billed.tax_fen)
    return Difference(amount_fen, _tax(amount_fen, billed.vat_rate))


def spread(amount_fen: int, lines: Sequence[Billed]) -> list[int]:
    """Returns how much of an amount falls on each line of a bill.

    A credit takes line after line down to nothing; what the lines do not bear stays on the last,
    for the caller to refuse. A supplement falls on the first line.
    """
    if amount_fen > 0:
        return [amount_fen] + [0] * (len(lines) - 1)
    left = -amount_fen
    parts = []
    for line in lines:
        part = min(left, line.amount_fen)
        parts.append(-part)
        left -= part
    parts[-1] -= left
    return parts


def _tax(amount_fen: int, vat_rate: Decimal) -> int:
    """Returns the tax in an amount of either sign: a credit takes back what a charge bore."""
    _, tax = split_vat(abs(amount_fen), vat_rate)
    return tax if amount_fen >= 0 else -tax
