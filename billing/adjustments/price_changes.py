"""A price that changes after a bill was issued: what each line of the bill is corrected by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.adjustments.corrections import Correction
from billing.models import Bill, BillLine, Tariff
from billing.rules.charges import OverHeightTerms, PriceTerms, SeasonTerms
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

    They raise or lower by an amount, so that other corrections of the same line stay. Lines of
    stopped heat bear the share of the difference that they bore of the charge.
    """
    lines = BillLine.objects.filter(
        bill_id=bill.pk, season_id=bill.season_id, tariff__category=new_price.category_id
    ).select_related("tariff__document", "season", "area_line")
    return [_correction(line, new_price) for line in lines.order_by("ordinal")]


def _correction(line: BillLine, new_price: NewPrice) -> Correction:
    season = line.season
    change = price_change(
        SeasonTerms(season.starts, season.ends, season.ends_inclusive, season.billable_months),
        PriceTerms(line.unit, line.unit_price, line.area_basis),
        _areas(line),
        _over_height(line.tariff, line),
        old=line.unit_price,
        new=new_price.amount,
        effective=new_price.effective,
        apportion=new_price.apportion,
        charged_from=line.charged_from,
        charged_days=line.charged_days,
    )
    amount_fen = change.supplementary_fen
    share = stop_heat_charge(abs(amount_fen), line.ratio, resumed=False).amount_fen
    return Correction(
        line.pk,
        amount_fen=share if amount_fen >= 0 else -share,
        working=change.explain(),
    )


def _areas(line: BillLine) -> Mapping[str, Decimal]:
    return {line.area_basis: line.area}


def _over_height(tariff: Tariff, line: BillLine) -> OverHeightTerms | None:
    """Returns the surcharge by which the line was billed, from its frozen height."""
    rule = tariff.document
    if line.height is None or rule.base_height is None:
        return None
    if rule.height_step is None or rule.percent_per_step is None:
        raise ValueError("热价文件的超高规则不完整")
    return OverHeightTerms(
        line.height,
        rule.base_height,
        rule.height_step,
        rule.percent_per_step,
        rule.height_rounding,
        rule.height_cap_percent,
    )
