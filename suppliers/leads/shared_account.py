"""Bids of one sourcing that share a bank account."""

from collections.abc import Sequence

from suppliers.leads.bids import Bid, CommonGround, Lead, shared_values
from suppliers.models import Signal, Strength


def shared_account(bids: Sequence[Bid], _common: CommonGround) -> list[Lead]:
    """Returns a lead for each bank account that several suppliers of one sourcing named.

    Source: 招标投标法实施条例, art. 40 no. 6.
    """
    return shared_values(bids, lambda bid: bid.accounts, Signal.SHARED_ACCOUNT, Strength.STRONG)
