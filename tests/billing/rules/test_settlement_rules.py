"""Stop-heat, metered settlement, price changes and cash rounding: the short rules."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.cash_rounding import round_cash
from billing.rules.charges import OverHeightTerms, PriceTerms, SeasonTerms, season_charge
from billing.rules.metering import HeatUsed, MeteredPrice, settle_metered
from billing.rules.price_changes import price_change
from billing.rules.stop_heat import stop_heat_charge

D = Decimal
TAIYUAN = SeasonTerms(date(2025, 11, 1), date(2026, 3, 31), ends_inclusive=True, billable_months=5)
HOME = PriceTerms("m2_month", D("5.00"), "building")


class TestStopHeat:
    @pytest.mark.parametrize(
        ("full", "ratio", "basic"),
        [
            (162000, "0.30", 48600),
            (162000, "0", 0),
            (162000, "1", 162000),
            (0, "0.30", 0),
            (5, "0.30", 2),
            (10001, "0.5", 5001),
            (162001, "0.30", 48600),
        ],
    )
    def test_costs_the_basic_fee_and_resuming_the_rest(
        self, full: int, ratio: str, basic: int
    ) -> None:
        stopped = stop_heat_charge(full, D(ratio), resumed=False)
        assert (stopped.amount_fen, stopped.basic_fen, stopped.top_up_fen) == (basic, basic, 0)
        resumed = stop_heat_charge(full, D(ratio), resumed=True)
        assert (resumed.amount_fen, resumed.top_up_fen) == (full, full - basic)

    @pytest.mark.parametrize("ratio", ["-0.1", "1.01", "30"])
    def test_refuses_impossible_ratios(self, ratio: str) -> None:
        with pytest.raises(ValueError, match="比例须在 0 与 1 之间"):
            stop_heat_charge(1, D(ratio), resumed=False)

    def test_refuses_a_negative_charge(self) -> None:
        with pytest.raises(ValueError, match="全额热费为负"):
            stop_heat_charge(-1, D("0.3"), resumed=False)

    def test_explains_itself(self) -> None:
        assert stop_heat_charge(162000, D("0.30"), resumed=False).explain() == (
            "基本热费 1,620.00 元 × 0.30 = 486.00 元"
        )
        assert stop_heat_charge(162000, D("0.30"), resumed=True).explain() == (
            "基本热费 1,620.00 元 × 0.30 = 486.00 元；复热补足 1,134.00 元，合计 1,620.00 元"
        )


class TestSettleMetered:
    @pytest.mark.parametrize(
        ("unit", "price", "heat", "charge", "both", "refund"),
        [
            ("GJ", "47.43", "25", 193575, -56425, -56425),
            ("GJ", "47.43", "40", 264720, 14720, 0),
            ("GJ", "47.43", "0", 75000, -175000, -175000),
            ("kWh", "0.13", "8100", 180300, -69700, -69700),
            ("kWh", "0.25", "7000", 250000, 0, 0),
        ],
    )
    def test_both_ways_and_refund_only(
        self, unit: str, price: str, heat: str, charge: int, both: int, refund: int
    ) -> None:
        for settlement, settle in (("both_ways", both), ("refund_only", refund)):
            result = settle_metered(
                D("7.50"),
                D("100.00"),
                MeteredPrice(unit, D(price)),
                HeatUsed(unit, D(heat)),
                prepaid_fen=250000,
                settlement=settlement,
            )
            assert (result.charge_fen, result.settle_fen) == (charge, settle)

    def test_the_two_parts_are_rounded_together(self) -> None:
        result = settle_metered(
            D("0.004"),
            D("1"),
            MeteredPrice("GJ", D("0.004")),
            HeatUsed("GJ", D("1")),
            prepaid_fen=0,
            settlement="both_ways",
        )
        assert result.charge_fen == 1

    def test_units_are_never_converted(self) -> None:
        with pytest.raises(ValueError, match="热价单位 GJ 与热表单位 kWh 不同"):
            settle_metered(
                D(1),
                D(1),
                MeteredPrice("GJ", D(1)),
                HeatUsed("kWh", D(1)),
                prepaid_fen=0,
                settlement="both_ways",
            )

    def test_refuses_nonsense(self) -> None:
        price, heat = MeteredPrice("GJ", D(1)), HeatUsed("GJ", D(1))
        with pytest.raises(ValueError, match="热量单位不认识：MJ"):
            MeteredPrice("MJ", D(1))
        with pytest.raises(ValueError, match="热量单位不认识"):
            HeatUsed("gj", D(1))
        with pytest.raises(ValueError, match="计量热价为负"):
            MeteredPrice("GJ", D(-1))
        with pytest.raises(ValueError, match="用热量为负"):
            HeatUsed("GJ", D(-1))
        with pytest.raises(ValueError, match="结算方式不认识：none"):
            settle_metered(D(1), D(1), price, heat, prepaid_fen=0, settlement="none")
        for fixed, area, prepaid in ((D(-1), D(1), 0), (D(1), D(-1), 0), (D(1), D(1), -1)):
            with pytest.raises(ValueError, match="不能为负"):
                settle_metered(
                    fixed, area, price, heat, prepaid_fen=prepaid, settlement="both_ways"
                )

    @pytest.mark.parametrize(
        ("heat", "settlement", "ending"),
        [
            ("25", "both_ways", "应退 564.25 元"),
            ("40", "both_ways", "应补 147.20 元"),
            ("40", "refund_only", "多退少不补，不再补收"),
        ],
    )
    def test_explains_itself(self, heat: str, settlement: str, ending: str) -> None:
        result = settle_metered(
            D("7.50"),
            D("100.00"),
            MeteredPrice("GJ", D("47.43")),
            HeatUsed("GJ", D(heat)),
            prepaid_fen=250000,
            settlement=settlement,
        )
        assert result.explain().startswith(f"7.50 元/m² × 100.00 m² + 47.43 元/GJ × {heat} GJ = ")
        assert result.explain().endswith(f"预交 2,500.00 元，{ending}")


class TestPriceChange:
    @pytest.mark.parametrize(
        ("apportion", "effective", "area", "old", "new", "supplementary", "original"),
        [
            ("whole_season", date(2025, 11, 1), "100.00", "4.20", "5.00", 40000, 210000),
            ("whole_season", date(2026, 1, 15), "100.00", "4.20", "5.00", 40000, 210000),
            ("by_days", date(2026, 1, 15), "89.37", "4.20", "5.00", 17992, 187677),
            ("by_days", date(2025, 10, 1), "100.00", "4.20", "5.00", 40000, 210000),
            ("by_days", date(2026, 3, 31), "100.00", "4.20", "5.00", 265, 210000),
            ("by_days", date(2026, 4, 1), "100.00", "4.20", "5.00", 0, 210000),
            ("by_days", date(2026, 1, 15), "89.37", "5.00", "4.20", -17992, 223425),
            ("whole_season", date(2025, 11, 1), "100.00", "5.00", "5.00", 0, 250000),
        ],
    )
    def test_bills_the_difference(
        self,
        apportion: str,
        effective: date,
        area: str,
        old: str,
        new: str,
        supplementary: int,
        original: int,
    ) -> None:
        change = price_change(
            TAIYUAN,
            HOME,
            {"building": D(area)},
            old=D(old),
            new=D(new),
            effective=effective,
            apportion=apportion,
        )
        assert (change.supplementary_fen, change.original_fen) == (supplementary, original)

    def test_days_are_counted_as_the_season_ends(self) -> None:
        half_open = SeasonTerms(
            date(2023, 11, 15), date(2024, 3, 15), ends_inclusive=False, billable_months=4
        )
        change = price_change(
            half_open,
            HOME,
            {"building": D("121")},
            old=D("4.00"),
            new=D("5.00"),
            effective=date(2024, 2, 29),
            apportion="by_days",
        )
        assert (change.affected_days, change.season_days) == (15, 121)
        assert change.supplementary_fen == 6000

    def test_the_surcharge_goes_into_the_difference(self) -> None:
        tall = OverHeightTerms(D("4.10"), D("3.50"), D("0.30"), D("10"), "floor")
        change = price_change(
            TAIYUAN,
            HOME,
            {"building": D("100")},
            tall,
            old=D("4.20"),
            new=D("5.00"),
            effective=date(2025, 11, 1),
            apportion="whole_season",
        )
        assert (change.supplementary_fen, change.original_fen) == (48000, 252000)

    def test_refuses_nonsense(self) -> None:
        with pytest.raises(ValueError, match="分摊方式不认识：by_months"):
            self.change("4.20", "5.00", "by_months")
        for old, new in (("-1", "1"), ("1", "-1")):
            with pytest.raises(ValueError, match="单价为负"):
                self.change(old, new, "by_days")

    def change(self, old: str, new: str, apportion: str) -> str:
        return price_change(
            TAIYUAN,
            HOME,
            {"building": D("100")},
            old=D(old),
            new=D(new),
            effective=date(2026, 1, 15),
            apportion=apportion,
        ).explain()

    def test_explains_itself(self) -> None:
        assert self.change("4.20", "5.00", "by_days") == (
            "单价由 4.20 元调整为 5.00 元，原计热费 2,100.00 元，差价 × 76/151 日，应补 201.32 元"
        )
        assert self.change("5.00", "4.20", "whole_season") == (
            "单价由 5.00 元调整为 4.20 元，原计热费 2,500.00 元，差价，应退 400.00 元"
        )

    @given(
        st.decimals(0, 500, places=2),
        st.decimals(0, 20, places=2),
        st.decimals(0, 20, places=2),
        st.dates(date(2025, 6, 1), date(2026, 9, 1)),
    )
    def test_up_and_down_are_the_same_and_days_are_a_share(
        self, area: Decimal, old: Decimal, new: Decimal, effective: date
    ) -> None:
        def change(before: Decimal, after: Decimal) -> int:
            return price_change(
                TAIYUAN,
                HOME,
                {"building": area},
                old=before,
                new=after,
                effective=effective,
                apportion="by_days",
            ).supplementary_fen

        assert change(old, new) == -change(new, old)
        days = max(0, min(151, (date(2026, 4, 1) - effective).days))
        exact = Fraction(area) * (Fraction(new) - Fraction(old)) * 500 * days / 151
        assert abs(change(old, new) - exact) <= Fraction(1, 2)
        charged = season_charge(
            TAIYUAN, PriceTerms("m2_month", old, "building"), {"building": area}
        )
        assert charged.amount_fen == (Fraction(area) * Fraction(old) * 500 + Fraction(1, 2)) // 1


class TestRoundCash:
    @pytest.mark.parametrize(
        ("due", "precision", "cash", "adjustment"),
        [
            (179903, "jiao", 179900, -3),
            (179905, "jiao", 179910, 5),
            (179904, "jiao", 179900, -4),
            (179903, "fen", 179903, 0),
            (179950, "yuan", 180000, 50),
            (179949, "yuan", 179900, -49),
            (0, "yuan", 0, 0),
            (49, "yuan", 0, -49),
            (-179905, "jiao", -179910, -5),
        ],
    )
    def test_goes_to_whole_coins(
        self, due: int, precision: str, cash: int, adjustment: int
    ) -> None:
        result = round_cash(due, precision)
        assert (result.cash_fen, result.adjustment_fen) == (cash, adjustment)

    def test_refuses_other_precisions(self) -> None:
        with pytest.raises(ValueError, match="现金精度不认识：li"):
            round_cash(1, "li")

    def test_explains_itself(self) -> None:
        assert round_cash(179903, "jiao").explain() == (
            "应收 1,799.03 元，现金 1,799.00 元，尾差 -0.03 元"
        )
