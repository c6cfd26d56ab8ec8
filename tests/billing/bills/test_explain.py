"""A bill line explains itself; the amounts were worked out on paper."""

from decimal import Decimal

import pytest

from billing.bills.explain import explain_line
from billing.models import BillLine, PriceDocument, PriceUnit, Tariff


def a_line(**changed: object) -> BillLine:
    tariff = Tariff(document=PriceDocument(number="并发改价格〔2020〕1号"))
    values: dict[str, object] = {
        "area": Decimal("114.36"),
        "height": None,
        "over_height_percent": Decimal(0),
        "unit": PriceUnit.M2_MONTH,
        "unit_price": Decimal("3.6000"),
        "periods": Decimal("5.00"),
        "ratio": Decimal("1.0000"),
        "amount_fen": 205848,
    }
    return BillLine(tariff=tariff, **(values | changed))


class TestExplainLine:
    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({}, "114.36 m² × 3.60 元/m²·月 × 5 月 = 2,058.48 元"),
            (
                {"ratio": Decimal("0.3000"), "amount_fen": 61754},
                "114.36 m² × 3.60 元/m²·月 × 5 月 × 30%（报停基本费） = 617.54 元",
            ),
            (
                {
                    "height": Decimal("3.60"),
                    "over_height_percent": Decimal("20.0000"),
                    "amount_fen": 247018,
                },
                "114.36 m² × 120%（层高 3.60 m 超高加收 20%） × 3.60 元/m²·月 × 5 月 = 2,470.18 元",
            ),
            (
                {
                    "unit": PriceUnit.M2_SEASON,
                    "unit_price": Decimal("18.0000"),
                    "periods": Decimal(1),
                },
                "114.36 m² × 18.00 元/m²·季 = 2,058.48 元",
            ),
            (
                {"area": Decimal("12345.60"), "amount_fen": 22222080},
                "12,345.60 m² × 3.60 元/m²·月 × 5 月 = 222,220.80 元",
            ),
            (
                {"ratio": Decimal("0.3250"), "amount_fen": 66901},
                "114.36 m² × 3.60 元/m²·月 × 5 月 × 32.5%（报停基本费） = 669.01 元",
            ),
            (
                {
                    "unit": PriceUnit.M2_DAY,
                    "unit_price": Decimal("0.1255"),
                    "periods": Decimal(151),
                    "amount_fen": 216718,
                },
                "114.36 m² × 0.1255 元/m²·日 × 151 日 = 2,167.18 元",
            ),
        ],
    )
    def test_every_factor_is_named(self, changed: dict[str, object], says: str) -> None:
        assert explain_line(a_line(**changed)) == f"{says}（并发改价格〔2020〕1号）"
