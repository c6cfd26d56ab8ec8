"""The comparison of offers on equal terms: net of tax, with freight, for the whole quantity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from office.money import exact, round_half_up
from suppliers.leads.bids import net_unit_fen
from suppliers.models import OpenedOffer, Sourcing


@dataclass(frozen=True)
class Asked:
    """An item of a request: its key, name, quantity and unit."""

    item: int
    name: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True)
class Terms:
    """What one supplier offers: prices in fen a unit by item, freight in fen before tax."""

    offer: int
    supplier: str
    prices: Mapping[int, int]
    with_tax: bool
    vat_rate: Decimal
    freight_fen: int
    delivery_days: int


@dataclass(frozen=True)
class ComparedLine:
    """A price as offered and net in fen a unit, the net sum in fen, whether none is lower."""

    offered_fen: int
    net_fen: int
    sum_fen: int
    is_lowest: bool


@dataclass(frozen=True)
class ComparedOffer:
    """An offer on equal terms; `lines` by item, `rank` 1 for the lowest total."""

    terms: Terms
    lines: Mapping[int, ComparedLine]
    total_fen: int
    rank: int


def compare(items: Sequence[Asked], offers: Sequence[Terms]) -> list[ComparedOffer]:
    """Returns the offers on equal terms, the lowest total first; equal totals share a rank.

    A line is net unit price × quantity, rounded HALF_UP to the fen once; the total adds freight.
    """
    net = {
        (offer.offer, position.item): net_unit_fen(
            offer.prices[position.item], offer.vat_rate, with_tax=offer.with_tax
        )
        for offer in offers
        for position in items
    }
    lowest = {
        position.item: min((net[offer.offer, position.item] for offer in offers), default=0)
        for position in items
    }
    compared: list[tuple[int, Terms, dict[int, ComparedLine]]] = []
    for offer in offers:
        lines = {
            position.item: ComparedLine(
                offer.prices[position.item],
                net[offer.offer, position.item],
                _sum(net[offer.offer, position.item], position.quantity),
                net[offer.offer, position.item] == lowest[position.item],
            )
            for position in items
        }
        total = sum(line.sum_fen for line in lines.values()) + offer.freight_fen
        compared.append((total, offer, lines))
    totals = sorted(total for total, _offer, _lines in compared)
    return [
        ComparedOffer(offer, lines, total, totals.index(total) + 1)
        for total, offer, lines in sorted(compared, key=lambda row: (row[0], row[1].supplier))
    ]


def comparison_of(sourcing: Sourcing) -> tuple[list[Asked], list[ComparedOffer]]:
    """Returns the items and the compared offers of an opened sourcing, in three statements."""
    items = [Asked(item.pk, item.name, item.quantity, item.unit) for item in sourcing.items.all()]
    opened = (
        OpenedOffer.objects.filter(offer__invitation__sourcing=sourcing)
        .select_related("offer__invitation__supplier")
        .prefetch_related("prices")
    )
    offers = [
        Terms(
            row.offer_id,
            row.offer.invitation.supplier.name,
            {price.item_id: price.price_fen for price in row.prices.all()},
            row.with_tax,
            row.vat_rate,
            row.freight_fen,
            row.delivery_days,
        )
        for row in opened
    ]
    return items, compare(items, offers)


def _sum(net_fen: int, quantity: Decimal) -> int:
    with exact():
        return round_half_up(net_fen * quantity)
