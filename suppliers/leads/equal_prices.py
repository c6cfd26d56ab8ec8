"""Two bids of one sourcing whose prices are equal to the fen on equal terms."""

from collections.abc import Sequence

from office.money import yuan_text
from suppliers.leads.bids import Bid, CommonGround, Lead, common_prices, pairs_of
from suppliers.models import Signal, Strength


def equal_prices(bids: Sequence[Bid], common: CommonGround) -> list[Lead]:
    """Returns a lead for each pair whose common items cost the same to the fen, before tax.

    All of them must be equal; one item alone may be chance and weighs less. Items for which both
    took the price that the buyer published are left out. A different tax basis hides nothing,
    since prices are net. Source: 招标投标法实施条例, art. 40 no. 4: regular price differences.
    """
    leads: list[Lead] = []
    for first, second in pairs_of(bids):
        prices = common_prices(first, second, common)
        if prices and all(len(set(pair)) == 1 for pair in prices.values()):
            evidence = "；".join(
                f"{item} {yuan_text(price)}" for item, (price, _same) in sorted(prices.items())
            )
            strength = Strength.STRONG if len(prices) > 1 else Strength.MEDIUM
            pair = tuple(sorted((first.supplier, second.supplier)))
            leads.append(Lead(Signal.EQUAL_PRICES, strength, pair, (first.sourcing,), evidence))
    return leads
