"""The comparison of offers on equal terms: net of tax, with freight, for the whole quantity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from office.forms.percent_field import percentage
from office.money import exact, round_half_up, yuan_text
from suppliers.leads.bids import net_unit_fen
from suppliers.models import OpenedOffer, Sourcing


@dataclass(frozen=True)
class Asked:
    """An item of a request: its key, name, quantity and unit."""

    key: int
    name: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True)
class Terms:
    """What one supplier offers: prices in fen a unit by item, freight in fen before tax.

    `priority` is the share by which the comparison lowers the total, with its reason.
    """

    offer: int
    supplier: str
    prices: Mapping[int, int]
    with_tax: bool
    vat_rate: Decimal
    freight_fen: int
    delivery_days: int
    priority: Decimal = Decimal(0)
    priority_reason: str = ""

    @property
    def vat_percent(self) -> str:
        """Returns the rate as the figure before the percent sign."""
        return percentage(self.vat_rate)


@dataclass(frozen=True)
class ComparedLine:
    """A price as offered and net in fen a unit, the net sum in fen, whether none is lower.

    `working` is the sum written out, such as "113.00 ÷ 1.13 = 100.00 × 10".
    """

    offered_fen: int
    net_fen: int
    sum_fen: int
    is_lowest: bool
    working: str


@dataclass(frozen=True)
class ComparedOffer:
    """An offer on equal terms; `lines` by item, `rank` 1 for the lowest `compared_fen`.

    `total_fen` is what would be paid before tax; `compared_fen` is the total less the priority.
    `working` is the total written out, and `priority_working` what the priority makes of it.
    """

    terms: Terms
    lines: Mapping[int, ComparedLine]
    total_fen: int
    compared_fen: int
    rank: int
    working: str
    priority_working: str


def compare(items: Sequence[Asked], offers: Sequence[Terms]) -> list[ComparedOffer]:
    """Returns the offers on equal terms, the best first; equal compared totals share a rank.

    A line is net unit price × quantity, rounded HALF_UP to the fen once; the total adds freight;
    the compared total is total × (1 − priority), rounded alike.
    """
    net = {
        (offer.offer, item.key): net_unit_fen(
            offer.prices[item.key], offer.vat_rate, with_tax=offer.with_tax
        )
        for offer in offers
        for item in items
    }
    lowest = {
        item.key: min((net[offer.offer, item.key] for offer in offers), default=0) for item in items
    }
    compared: list[tuple[int, int, Terms, dict[int, ComparedLine]]] = []
    for offer in offers:
        lines = {
            item.key: _line(
                item,
                offer,
                net[offer.offer, item.key],
                is_lowest=net[offer.offer, item.key] == lowest[item.key],
            )
            for item in items
        }
        total = sum(line.sum_fen for line in lines.values()) + offer.freight_fen
        compared.append((_times(total, 1 - offer.priority), total, offer, lines))
    in_order = sorted(row[0] for row in compared)
    return [
        ComparedOffer(
            offer,
            lines,
            total,
            compared_fen,
            in_order.index(compared_fen) + 1,
            _total_working(offer, lines, total),
            _priority_working(offer, total, compared_fen),
        )
        for compared_fen, total, offer, lines in sorted(
            compared, key=lambda row: (row[0], row[1], row[2].supplier)
        )
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
            row.priority,
            row.priority_reason,
        )
        for row in opened
    ]
    return items, compare(items, offers)


def _line(item: Asked, offer: Terms, net_fen: int, *, is_lowest: bool) -> ComparedLine:
    price = offer.prices[item.key]
    divided = ""
    if offer.with_tax:
        divided = f" ÷ {1 + offer.vat_rate.normalize():f} = {yuan_text(net_fen)}"
    working = f"{yuan_text(price)}{divided} × {item.quantity.normalize():f}"
    return ComparedLine(price, net_fen, _times(net_fen, item.quantity), is_lowest, working)


def _total_working(offer: Terms, lines: Mapping[int, ComparedLine], total: int) -> str:
    parts = [*(line.sum_fen for line in lines.values()), offer.freight_fen]
    return f"{' + '.join(map(yuan_text, parts))} = {yuan_text(total)}"


def _priority_working(offer: Terms, total: int, compared_fen: int) -> str:
    if not offer.priority:
        return ""
    share = percentage(offer.priority)
    return f"{yuan_text(total)} × (1 − {share}%) = {yuan_text(compared_fen)}"


def _times(fen: int, factor: Decimal) -> int:
    with exact():
        return round_half_up(fen * factor)
