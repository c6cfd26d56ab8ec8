"""Bids of one sourcing that share a device."""

from collections.abc import Sequence

from suppliers.leads.bids import Bid, CommonGround, Lead, shared_values
from suppliers.models import Signal, Strength


def shared_device(bids: Sequence[Bid], _common: CommonGround) -> list[Lead]:
    """Returns a lead for each device from which several suppliers of one sourcing sent.

    Source: 招标投标法实施条例, art. 40 no. 1: made by one unit.
    """
    return shared_values(bids, lambda bid: bid.devices, Signal.SHARED_DEVICE, Strength.STRONG)
