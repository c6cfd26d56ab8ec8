"""Bids of one sourcing that share a telephone or mail address."""

from collections.abc import Sequence

from suppliers.leads.bids import Bid, CommonGround, Lead, shared_values
from suppliers.models import Signal, Strength


def shared_contact(bids: Sequence[Bid], _common: CommonGround) -> list[Lead]:
    """Returns a lead for each telephone or mail address that several suppliers named.

    Source: 招标投标法实施条例, art. 40 no. 3.
    """
    return shared_values(bids, lambda bid: bid.contacts, Signal.SHARED_CONTACT, Strength.STRONG)
