"""The tariff that applies to an area, and the price of one account by the pure rules.

The set-based twin is `billing/runs/pricing_sql.py`; `test_pricing_twins.py` proves
that both agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.models import AreaChangePolicy, AreaChangeWay, HeatingSeason, Tariff
from billing.rules.charges import Charge, OverHeightTerms, PriceTerms, SeasonTerms, season_charge
from billing.rules.stop_heat import stop_heat_charge
from billing.states import PriceDocumentState
from customers.models import AreaLine, SupplyState
from office.money import split_vat

FULL = Decimal(1)


@dataclass(frozen=True)
class PricedLine:
    """One priced area line, with the factors that its price was computed from."""

    area_line: AreaLine
    tariff: Tariff
    charge: Charge
    ratio: Decimal
    amount_fen: int
    tax_fen: int


def season_terms(season: HeatingSeason) -> SeasonTerms:
    return SeasonTerms(season.starts, season.ends, season.ends_inclusive, season.billable_months)


def tariffs_in_force(season: HeatingSeason) -> dict[int, Tariff]:
    """Returns by category the tariff of the latest published document in effect at the season's
    start.
    """
    published = (
        Tariff.objects.filter(
            document__company=season.company_id,
            document__state=PriceDocumentState.PUBLISHED,
            document__effective_from__lte=season.starts,
        )
        .select_related("document", "category")
        .order_by("document__effective_from", "document_id")
    )
    return {tariff.category_id: tariff for tariff in published}


def area_change_way(season: HeatingSeason) -> AreaChangeWay:
    """Returns how the season charges an area that changes within it, by the policy of the company
    that had begun by its first day; without one, by the area at its start.
    """
    policies = AreaChangePolicy.objects.filter(
        company=season.company_id, effective_from__lte=season.starts
    )
    policy = policies.order_by("-effective_from").first()
    return AreaChangeWay(policy.way) if policy else AreaChangeWay.SEASON_START


def charged_days(season: SeasonTerms, starts: date, ends: date | None) -> int | None:
    """Returns how many days of the season an area counts that is charged by days, from `starts`
    until before `ends`; None for the whole season."""
    days = season.days_between(starts, ends)
    return None if days == season.days else days


def areas_of(line: AreaLine) -> Mapping[str, Decimal]:
    """Returns the recorded areas by basis."""
    areas = {
        "building": line.building_area,
        "inner": line.inner_area,
        "usable": line.usable_area,
        "charge": line.charge_area,
    }
    return {basis: area for basis, area in areas.items() if area is not None}


def over_height_terms(tariff: Tariff, line: AreaLine) -> OverHeightTerms | None:
    """Returns the document's over-height rule for this room, or None without a rule or a known
    height.
    """
    return height_terms(tariff, line.height)


def height_terms(tariff: Tariff, height: Decimal | None) -> OverHeightTerms | None:
    """Returns the document's over-height rule for a height in m, or None where one is missing."""
    rule = tariff.document
    if height is None or rule.base_height is None:
        return None
    if rule.height_step is None or rule.percent_per_step is None:
        raise ValueError("热价文件的超高规则不完整")
    return OverHeightTerms(
        height,
        rule.base_height,
        rule.height_step,
        rule.percent_per_step,
        rule.height_rounding,
        rule.height_cap_percent,
    )


def price_line(
    season: HeatingSeason,
    line: AreaLine,
    tariff: Tariff,
    supply_state: str,
    *,
    by_days: bool = False,
) -> PricedLine:
    """Prices one area line for one season; raises ValueError with the datum that is missing.

    By days it is charged for its own days of the season, otherwise for the whole of it.

    Only tests call it: it proves that the SQL of a run gives what the rules give.
    """
    price = PriceTerms(tariff.unit, tariff.amount, tariff.area_basis)
    terms = over_height_terms(tariff, line)
    season_days = season_terms(season)
    days = charged_days(season_days, line.starts, line.ends) if by_days else None
    charge = season_charge(season_days, price, areas_of(line), terms, days)
    ratio = FULL
    amount = charge.amount_fen
    if supply_state == SupplyState.STOPPED:
        if tariff.document.stop_heat_ratio is None:
            raise ValueError("热价文件没有规定报停基本费比例")
        ratio = tariff.document.stop_heat_ratio
        amount = stop_heat_charge(amount, ratio, resumed=False).amount_fen
    _, tax = split_vat(amount, tariff.vat_rate)
    return PricedLine(line, tariff, charge, ratio, amount, tax)
