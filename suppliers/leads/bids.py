"""Facts of bids that the rules for collusion leads 串标线索 compare, and what a rule answers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from office.money import round_half_up
from suppliers.models import Signal, Strength


@dataclass(frozen=True)
class BidFile:
    """A file of an opened offer: its hash, and author and template from its properties."""

    sha256: str
    author: str = ""
    template: str = ""


@dataclass(frozen=True)
class BidLine:
    """A price for one item in fen a unit, before value-added tax and with freight."""

    item: str
    net_fen: int


@dataclass(frozen=True)
class Bid:
    """What one supplier offered in one sourcing, and what the server saw of the sender.

    `sequence` orders the sourcings of a category in time; `won` is true for the award.
    """

    sourcing: str
    category: str
    sequence: int
    supplier: str
    addresses: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    files: tuple[BidFile, ...] = ()
    lines: tuple[BidLine, ...] = ()
    won: bool = False


@dataclass(frozen=True)
class CommonGround:
    """What honest bids share: it is never a lead.

    `networks` are places from which everybody sends (purchasing halls), in CIDR form; `files` the
    hashes of what the buyer handed out; `prices` the net price in fen a unit that the buyer
    published, by sourcing and item.
    """

    networks: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()
    prices: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Lead:
    """A sign that bids were agreed upon: a person judges it, with a reason."""

    signal: Signal
    strength: Strength
    suppliers: tuple[str, ...]
    sourcings: tuple[str, ...]
    evidence: str


Rule = Callable[[Sequence[Bid], CommonGround], list[Lead]]


def by_sourcing(bids: Iterable[Bid]) -> Mapping[str, list[Bid]]:
    """Returns the bids of each sourcing, in their order."""
    sourcings: dict[str, list[Bid]] = defaultdict(list)
    for bid in bids:
        sourcings[bid.sourcing].append(bid)
    return sourcings


def pairs_of(bids: Iterable[Bid]) -> Iterable[tuple[Bid, Bid]]:
    """Returns each pair of bids of two suppliers in one sourcing."""
    for rivals in by_sourcing(bids).values():
        for first, second in combinations(rivals, 2):
            if first.supplier != second.supplier:
                yield first, second


def shared_values(
    bids: Sequence[Bid],
    values_of: Callable[[Bid], Iterable[str]],
    signal: Signal,
    strength: Strength,
) -> list[Lead]:
    """Returns a lead for each value that several suppliers of one sourcing have in common."""
    leads: list[Lead] = []
    for sourcing, rivals in by_sourcing(bids).items():
        suppliers: dict[str, set[str]] = defaultdict(set)
        for bid in rivals:
            for value in values_of(bid):
                suppliers[value].add(bid.supplier)
        leads += [
            Lead(signal, strength, tuple(sorted(sharers)), (sourcing,), value)
            for value, sharers in sorted(suppliers.items())
            if len(sharers) > 1
        ]
    return leads


def common_prices(first: Bid, second: Bid, common: CommonGround) -> dict[str, tuple[int, int]]:
    """Returns the net prices in fen of the items that both bids hold.

    An item for which both took the price that the buyer published is left out.
    """
    prices = {line.item: line.net_fen for line in second.lines}
    return {
        line.item: (line.net_fen, prices[line.item])
        for line in first.lines
        if line.item in prices
        and {line.net_fen, prices[line.item]} != {common.prices.get((first.sourcing, line.item))}
    }


def net_unit_fen(price_fen: int, vat_rate: Decimal, *, with_tax: bool) -> int:
    """Returns a unit price in fen without value-added tax, rounded HALF_UP.

    `vat_rate` is a share (0.13). Offers on different tax bases compare only in this form.
    """
    return round_half_up(Decimal(price_fen), 1 + vat_rate) if with_tax else price_fen
