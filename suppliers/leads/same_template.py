"""Bids of one sourcing whose files were made from one template."""

from collections.abc import Iterable, Sequence

from suppliers.leads.bids import Bid, CommonGround, Lead, shared_values
from suppliers.models import Signal, Strength

# The templates with which programs begin an empty document.
_EMPTY_DOCUMENT = frozenset({"", "normal", "normal.dotm", "normal.dot", "normal_wordconv.dotm"})


def same_template(bids: Sequence[Bid], common: CommonGround) -> list[Lead]:
    """Returns a lead for each template in the properties of files of several suppliers.

    It is weak: trades share templates. A program's own and files of the buyer are left out.
    """

    def templates(bid: Bid) -> Iterable[str]:
        for file in bid.files:
            template = file.template.casefold().strip()
            if template not in _EMPTY_DOCUMENT and file.sha256 not in common.files:
                yield template

    return shared_values(bids, templates, Signal.SAME_TEMPLATE, Strength.WEAK)
