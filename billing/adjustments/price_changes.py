"""A price that changes after a bill was issued: what each line of the bill is corrected by."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.adjustments.corrections import Correction
from billing.adjustments.full_charges import present_share, stops_of
from billing.models import Bill, BillLine
from billing.prices.in_force import height_terms, season_terms
from billing.rules.charges import PriceTerms
from billing.rules.price_changes import price_change
from billing.rules.stop_heat import stop_heat_charge


@dataclass(frozen=True)
class NewPrice:
    """The new price in yuan of a tariff category, from when on, and how a season shares it.

    `apportion` is `whole_season` or `by_days` (`billing/rules/price_changes.py`).
    """

    category_id: int
    amount: Decimal
    effective: date
    apportion: str


def price_corrections(bill: Bill, new_price: NewPrice) -> list[Correction]:
    """Returns a correction for each line of the bill that the new price concerns.

    They raise or lower by an amount, so that other corrections of the same line stay. Areas whose
    heat is stopped bear the share of the difference that they bear of the charge.
    """
    lines = BillLine.objects.filter(
        bill_id=bill.pk, season_id=bill.season_id, tariff__category=new_price.category_id
    ).select_related("tariff__document", "season", "area_line")
    stops = stops_of(bill.account_id, bill.season_id)
    return [
        _correction(line, new_price, present_share(line, stops))
        for line in lines.order_by("ordinal")
    ]


def _correction(line: BillLine, new_price: NewPrice, ratio: Decimal) -> Correction:
    change = price_change(
        season_terms(line.season),
        PriceTerms(line.unit, line.unit_price, line.area_basis),
        {line.area_basis: line.area},
        height_terms(line.tariff, line.height),
        old=line.unit_price,
        new=new_price.amount,
        effective=new_price.effective,
        apportion=new_price.apportion,
        charged_from=line.charged_from,
        charged_days=line.charged_days,
    )
    amount_fen = change.supplementary_fen
    share = stop_heat_charge(abs(amount_fen), ratio, resumed=False).amount_fen
    return Correction(
        line.pk,
        amount_fen=share if amount_fen >= 0 else -share,
        working=change.explain(),
    )
