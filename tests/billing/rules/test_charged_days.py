"""Areas that count for a part of the season: 151 days from 1 November to 31 March."""

from datetime import date
from decimal import Decimal

import pytest

from billing.rules.charges import PriceTerms, SeasonTerms, season_charge
from billing.rules.price_changes import price_change

SEASON = SeasonTerms(date(2025, 11, 1), date(2026, 3, 31), ends_inclusive=True, billable_months=5)
PRICE = PriceTerms("m2_month", Decimal("3.60"), "building")


@pytest.mark.parametrize(
    ("starts", "ends", "days"),
    [
        (date(2020, 1, 1), None, 151),
        (date(2020, 1, 1), date(2025, 12, 10), 39),
        (date(2025, 12, 10), None, 112),
        (date(2026, 3, 31), None, 1),
        (date(2026, 4, 1), None, 0),
        (date(2020, 1, 1), date(2025, 11, 1), 0),
        (date(2025, 12, 1), date(2025, 12, 11), 10),
    ],
)
def test_days_of_the_season_between_two_days(starts: date, ends: date | None, days: int) -> None:
    assert SEASON.days_between(starts, ends) == days


@pytest.mark.parametrize(
    ("area", "days", "amount_fen"),
    [("89.50", 39, 41_609), ("91.20", 112, 121_761), ("89.50", None, 161_100), ("0.01", 1, 0)],
)
def test_an_area_is_charged_for_its_days_and_rounded_once(
    area: str, days: int | None, amount_fen: int
) -> None:
    charge = season_charge(SEASON, PRICE, {"building": Decimal(area)}, charged_days=days)
    assert charge.amount_fen == amount_fen


def test_the_arithmetic_names_the_days() -> None:
    charge = season_charge(SEASON, PRICE, {"building": Decimal("89.50")}, charged_days=39)
    assert charge.explain() == "89.50 m² × 3.60 元/m²·月 × 5 月 × 39/151 日 = 416.09 元"


@pytest.mark.parametrize(
    ("apportion", "effective", "difference_fen"),
    [
        # 91.20 × 0.40 × 5 = 182.40: for all of its 112 days, for the 90 from 1 January on.
        ("whole_season", date(2026, 1, 1), 13_529),
        ("by_days", date(2026, 1, 1), 10_872),
        ("by_days", date(2025, 11, 1), 13_529),
        ("by_days", date(2026, 4, 1), 0),
    ],
)
def test_a_new_price_concerns_the_days_of_the_area_alone(
    apportion: str, effective: date, difference_fen: int
) -> None:
    change = price_change(
        SEASON,
        PRICE,
        {"building": Decimal("91.20")},
        old=Decimal("3.60"),
        new=Decimal("4.00"),
        effective=effective,
        apportion=apportion,
        charged_from=date(2025, 12, 10),
        charged_days=112,
    )
    assert (change.supplementary_fen, change.original_fen) == (difference_fen, 121_761)
