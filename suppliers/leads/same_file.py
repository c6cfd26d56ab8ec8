"""Bids of one sourcing that hold one and the same file."""

from collections.abc import Sequence

from suppliers.leads.bids import Bid, CommonGround, Lead, shared_values
from suppliers.models import Signal, Strength


def same_file(bids: Sequence[Bid], common: CommonGround) -> list[Lead]:
    """Returns a lead for each file, by its SHA-256, that several suppliers of one sourcing sent.

    What the buyer handed out comes back in every bid and is left out. Source:
    招标投标法实施条例, art. 40 no. 5: files mixed up.
    """
    return shared_values(
        bids,
        lambda bid: (file.sha256 for file in bid.files if file.sha256 not in common.files),
        Signal.SAME_FILE,
        Strength.STRONG,
    )
