"""Two bids of one sourcing whose prices stand in one fixed ratio."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from office.money import round_half_up
from suppliers.leads.bids import Bid, CommonGround, Lead, common_prices, pairs_of
from suppliers.models import Signal, Strength

_LEAST_ITEMS = 3
# Below ten yuan the fen to which a price is rounded makes many ratios alike by chance.
_LEAST_FEN = 1000


def fixed_ratio(bids: Sequence[Bid], common: CommonGround) -> list[Lead]:
    """Returns a lead for each pair where one ratio, other than 1, explains every common price.

    Three items or more are needed. A price stands for what rounds to it, half a fen to each side,
    so the ratio lies in an interval for each item: the intervals must have a number in common.
    """
    leads: list[Lead] = []
    for first, second in pairs_of(bids):
        low, high = sorted((first, second), key=lambda bid: (_total(bid), bid.supplier))
        prices = [
            pair
            for pair in common_prices(low, high, common).values()
            if min(pair) >= _LEAST_FEN and len(set(pair)) > 1
        ]
        all_differ = len(prices) == len(common_prices(low, high, common))
        if len(prices) < _LEAST_ITEMS or not all_differ:
            continue
        least = max(Fraction(2 * higher - 1, 2 * lower + 1) for lower, higher in prices)
        most = min(Fraction(2 * higher + 1, 2 * lower - 1) for lower, higher in prices)
        if least <= most:
            leads.append(
                Lead(
                    Signal.FIXED_RATIO,
                    Strength.STRONG,
                    (low.supplier, high.supplier),
                    (first.sourcing,),
                    f"{len(prices)} × {_four_places((least + most) / 2)}",
                )
            )
    return leads


def _total(bid: Bid) -> int:
    return sum(line.net_fen for line in bid.lines)


def _four_places(ratio: Fraction) -> str:
    return f"{Decimal(round_half_up(ratio * 10_000)).scaleb(-4)}"
