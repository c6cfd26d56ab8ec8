"""The entries behind a score, row by row, so that the score can be added up by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from office.language import Text
from office.models import User
from suppliers.dimensions import Dimension
from suppliers.models import AfterSalesCase, Delivery, RatingScore, SupplyEntry, SupplyOrder

# More entries than this are not listed; the sums are of all.
MOST_ROWS = 500


@dataclass(frozen=True)
class CountedEntry:
    """An entry with what it adds to numerator and denominator, and the facts that decide it."""

    page: str
    number: str
    company: str
    facts: tuple[str, ...]
    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True)
class ScoreEntries:
    """The entries of a score that the reader may see, and how many others were counted."""

    headings: tuple[Text, ...]
    rows: list[CountedEntry]
    numerator: Decimal
    denominator: Decimal
    unseen: int


def entries_of_score(score: RatingScore, user: User) -> ScoreEntries:
    """Returns what was counted for the score, as the record stood when it was read.

    The sums are those of the entries that the user may see; entries of other companies are only
    counted.
    """
    dimension = Dimension(score.dimension)
    model, headings, count = _KINDS[dimension]
    run = score.rating.run
    if run.record_as_of is None:
        return ScoreEntries(headings, [], Decimal(0), Decimal(0), 0)
    entries = model._default_manager.visible_to(user)  # noqa: SLF001
    counted = (
        entries.standing_at(run.record_as_of)
        .of_year(run.year)
        .filter(supplier__in=score.rating.counted_records)
        .select_related("company")
        .order_by(model.counted_by, "pk")
    )
    if dimension is Dimension.PRICE:
        counted = counted.filter(lowest_price_fen__isnull=False)
    rows = [count(entry, run.rule.grace_days) for entry in counted]
    return ScoreEntries(
        headings,
        rows[:MOST_ROWS],
        sum((row.numerator for row in rows), Decimal(0)),
        sum((row.denominator for row in rows), Decimal(0)),
        score.rows - len(rows),
    )


def _delivery(delivery: Delivery) -> tuple[str, ...]:
    return (
        f"{delivery.promised_on}",
        "—" if delivery.actual_on is None else f"{delivery.actual_on}",
        f"{delivery.received.normalize():f}",
        f"{delivery.accepted.normalize():f}",
    )


def _quality(delivery: Delivery, grace_days: int) -> CountedEntry:
    return _row(delivery, _delivery(delivery), delivery.accepted, delivery.received)


def _in_time(delivery: Delivery, grace_days: int) -> CountedEntry:
    late = delivery.actual_on is None or (delivery.actual_on - delivery.promised_on).days > (
        grace_days
    )
    return _row(delivery, _delivery(delivery), Decimal(not late), Decimal(1))


def _contract(order: SupplyOrder, grace_days: int) -> CountedEntry:
    facts = (f"{order.ordered_on}", order.item, str(_("违约") if order.breached else "—"))
    return _row(order, facts, Decimal(not order.breached), Decimal(1))


def _after_sales(case: AfterSalesCase, grace_days: int) -> CountedEntry:
    in_time = case.closed_on is not None and case.closed_on <= case.due_on
    facts = (case.subject, f"{case.due_on}", f"{case.closed_on or '—'}")
    return _row(case, facts, Decimal(in_time), Decimal(1))


def _price(order: SupplyOrder, grace_days: int) -> CountedEntry:
    lowest = order.lowest_price_fen or 0
    facts = (
        order.item,
        f"{order.quantity.normalize():f} {order.unit}",
        f"{Decimal(order.unit_price_fen).scaleb(-2)}",
        f"{Decimal(lowest).scaleb(-2)}",
    )
    return _row(order, facts, lowest * order.quantity, order.unit_price_fen * order.quantity)


def _row(
    entry: SupplyEntry, facts: tuple[str, ...], numerator: Decimal, denominator: Decimal
) -> CountedEntry:
    name = f"admin:suppliers_{entry._meta.model_name}_change"  # noqa: SLF001
    return CountedEntry(
        reverse(name, args=[entry.pk]),
        entry.number,
        entry.company.short_name,
        facts,
        numerator,
        denominator,
    )


_DELIVERY = (_("约定交货日"), _("实际到货日"), _("到货数量"), _("验收合格数量"))
_KINDS: dict[Dimension, tuple[type[SupplyEntry], tuple[Text, ...], Callable[..., Any]]] = {
    Dimension.QUALITY: (Delivery, _DELIVERY, _quality),
    Dimension.DELIVERY: (Delivery, _DELIVERY, _in_time),
    Dimension.CONTRACT: (SupplyOrder, (_("下单日期"), _("品名"), _("违约")), _contract),
    Dimension.AFTER_SALES: (
        AfterSalesCase,
        (_("事项"), _("应完成日"), _("完成日期")),
        _after_sales,
    ),
    Dimension.PRICE: (
        SupplyOrder,
        (_("品名"), _("数量"), _("单价（元）"), _("最低可比单价（元）")),
        _price,
    ),
}


def figure_text(dimension: str, figure: Decimal) -> str:
    """Returns a numerator or denominator as it is shown: prices in yuan, the others as counted."""
    shown = figure.scaleb(-2) if dimension == Dimension.PRICE else figure
    return f"{shown.normalize():,f}" if shown else "0"
