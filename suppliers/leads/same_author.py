"""Bids of one sourcing whose files were written by one author."""

from collections.abc import Iterable, Sequence

from suppliers.leads.bids import Bid, CommonGround, Lead, shared_values
from suppliers.models import Signal, Strength

# Names that programs fill in by themselves.
_NOBODY = frozenset(
    {
        *("", "admin", "administrator", "user", "owner", "root", "pc", "dell", "lenovo", "hp"),
        *("microsoft", "microsoft office user", "windows user", "wps", "wps office"),
        *("用户", "微软用户", "微软中国"),
    }
)


def same_author(bids: Sequence[Bid], common: CommonGround) -> list[Lead]:
    """Returns a lead for each author in the properties of files of several suppliers.

    Names that a program fills in by itself say nothing, nor do files of the buyer. Source:
    招标投标法实施条例, art. 40 no. 1: files made by one person.
    """

    def authors(bid: Bid) -> Iterable[str]:
        for file in bid.files:
            author = " ".join(file.author.casefold().split())
            if author not in _NOBODY and file.sha256 not in common.files:
                yield author

    return shared_values(bids, authors, Signal.SAME_AUTHOR, Strength.MEDIUM)
