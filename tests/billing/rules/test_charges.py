import math
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.charges import OverHeightTerms, PriceTerms, SeasonTerms, season_charge

D = Decimal
TAIYUAN = SeasonTerms(date(2025, 11, 1), date(2026, 3, 31), ends_inclusive=True, billable_months=5)
ZHENGZHOU = SeasonTerms(
    date(2025, 11, 15), date(2026, 3, 15), ends_inclusive=False, billable_months=4
)
ZHENGZHOU_LEAP = SeasonTerms(
    date(2023, 11, 15), date(2024, 3, 15), ends_inclusive=False, billable_months=4
)
HOME = PriceTerms("m2_month", D("3.60"), "building")
SHOP = PriceTerms("m2_month", D("7.50"), "building")


def tall(rounding: str, height: str = "4.10", cap: str | None = None) -> OverHeightTerms:
    return OverHeightTerms(
        D(height), D("3.50"), D("0.30"), D("10"), rounding, None if cap is None else D(cap)
    )


class TestSeasonTerms:
    @pytest.mark.parametrize(
        ("season", "days"),
        [
            (TAIYUAN, 151),
            (SeasonTerms(date(2023, 11, 1), date(2024, 3, 31), ends_inclusive=True), 152),
            (ZHENGZHOU, 120),
            (ZHENGZHOU_LEAP, 121),
            (SeasonTerms(date(2025, 10, 20), date(2026, 4, 10), ends_inclusive=True), 173),
            (SeasonTerms(date(2026, 1, 1), date(2026, 1, 1), ends_inclusive=True), 1),
        ],
    )
    def test_counts_its_days(self, season: SeasonTerms, days: int) -> None:
        assert season.days == days

    @pytest.mark.parametrize(
        ("effective", "days"),
        [
            (date(2025, 6, 1), 151),
            (date(2025, 11, 1), 151),
            (date(2025, 11, 2), 150),
            (date(2026, 1, 15), 76),
            (date(2026, 3, 31), 1),
            (date(2026, 4, 1), 0),
            (date(2027, 1, 1), 0),
        ],
    )
    def test_counts_days_from_a_date(self, effective: date, days: int) -> None:
        assert TAIYUAN.days_from(effective) == days

    def test_a_half_open_season_has_no_last_day(self) -> None:
        assert ZHENGZHOU.days_from(date(2026, 3, 14)) == 1
        assert ZHENGZHOU.days_from(date(2026, 3, 15)) == 0

    @pytest.mark.parametrize(
        ("starts", "ends", "inclusive"),
        [
            (date(2026, 3, 31), date(2025, 11, 1), True),
            (date(2026, 1, 1), date(2026, 1, 1), False),
            (date(2026, 1, 2), date(2026, 1, 1), True),
        ],
    )
    def test_refuses_an_empty_season(self, starts: date, ends: date, inclusive: bool) -> None:
        with pytest.raises(ValueError, match="止日早于起日"):
            SeasonTerms(starts, ends, inclusive, 5)

    def test_refuses_negative_months(self) -> None:
        with pytest.raises(ValueError, match="计费月数为负"):
            SeasonTerms(
                date(2025, 11, 1), date(2026, 3, 31), ends_inclusive=True, billable_months=-1
            )


class TestSeasonCharge:
    @pytest.mark.parametrize(
        ("season", "unit", "price", "area", "fen"),
        [
            (TAIYUAN, "m2_month", "3.60", "90.00", 162000),
            (TAIYUAN, "m2_month", "3.60", "114.36", 205848),
            (TAIYUAN, "m2_month", "0", "114.36", 0),
            (TAIYUAN, "m2_month", "3.60", "0", 0),
            (TAIYUAN, "m2_season", "25.00", "93.93", 234825),
            (TAIYUAN, "m2_day", "0.16", "100.00", 241600),
            (ZHENGZHOU, "m2_day", "0.19", "100.00", 228000),
            (ZHENGZHOU_LEAP, "m2_day", "0.19", "100.00", 229900),
            (TAIYUAN, "m2_month", "0.001", "1.00", 1),
            (TAIYUAN, "m2_month", "0.0009", "1.00", 0),
            (TAIYUAN, "m2_month", "3.123456789012345678", "90.123456789012345678", 140748),
        ],
    )
    def test_is_area_times_price_times_periods(
        self, season: SeasonTerms, unit: str, price: str, area: str, fen: int
    ) -> None:
        terms = PriceTerms(unit, D(price), "building")
        assert season_charge(season, terms, {"building": D(area)}).amount_fen == fen

    def test_takes_the_area_the_price_asks_for(self) -> None:
        usable = PriceTerms("m2_month", D("4.80"), "usable")
        charge = season_charge(TAIYUAN, usable, {"building": D("90.00"), "usable": D("67.50")})
        assert (charge.amount_fen, charge.area, charge.area_basis) == (162000, D("67.50"), "usable")

    def test_refuses_a_missing_area(self) -> None:
        with pytest.raises(ValueError, match="缺少计价所用的面积：usable"):
            season_charge(
                TAIYUAN, PriceTerms("m2_month", D("4.80"), "usable"), {"building": D("90")}
            )

    def test_refuses_a_negative_area(self) -> None:
        with pytest.raises(ValueError, match="面积为负"):
            season_charge(TAIYUAN, HOME, {"building": D("-0.01")})

    def test_refuses_a_monthly_price_without_months(self) -> None:
        season = SeasonTerms(date(2025, 11, 1), date(2026, 3, 31), ends_inclusive=True)
        with pytest.raises(ValueError, match="须写明计费月数"):
            season_charge(season, HOME, {"building": D("90")})
        by_season = PriceTerms("m2_season", D("25"), "building")
        assert season_charge(season, by_season, {"building": D("1")}).amount_fen == 2500

    def test_months_may_be_halves(self) -> None:
        season = SeasonTerms(
            date(2025, 11, 15), date(2026, 3, 31), ends_inclusive=True, billable_months=D("4.5")
        )
        assert season_charge(season, HOME, {"building": D("90")}).amount_fen == 145800

    @pytest.mark.parametrize(("unit", "amount"), [("m2_year", "1"), ("", "1"), ("GJ", "1")])
    def test_refuses_unknown_units(self, unit: str, amount: str) -> None:
        with pytest.raises(ValueError, match="计价单位不认识"):
            PriceTerms(unit, D(amount), "building")

    def test_refuses_a_negative_price(self) -> None:
        with pytest.raises(ValueError, match="单价为负"):
            PriceTerms("m2_month", D("-0.01"), "building")

    def test_the_callers_precision_does_not_matter(self) -> None:
        with localcontext() as context:
            context.prec = 2
            assert season_charge(TAIYUAN, HOME, {"building": D("114.36")}).amount_fen == 205848


class TestOverHeight:
    @pytest.mark.parametrize(
        ("height", "floor", "ceil", "prorata"),
        [
            ("3.00", 375000, 375000, 375000),
            ("3.50", 375000, 375000, 375000),
            ("3.51", 375000, 412500, 376250),
            ("3.79", 375000, 412500, 411250),
            ("3.80", 412500, 412500, 412500),
            ("3.81", 412500, 450000, 413750),
            ("4.10", 450000, 450000, 450000),
            ("4.15", 450000, 487500, 456250),
            ("4.40", 487500, 487500, 487500),
        ],
    )
    def test_enlarges_the_area(self, height: str, floor: int, ceil: int, prorata: int) -> None:
        amounts = [
            season_charge(TAIYUAN, SHOP, {"building": D("100")}, tall(rounding, height)).amount_fen
            for rounding in ("floor", "ceil", "prorata")
        ]
        assert amounts == [floor, ceil, prorata]

    @pytest.mark.parametrize(
        ("cap", "fen"), [("0", 375000), ("15", 431250), ("20", 450000), ("100", 450000)]
    )
    def test_stops_at_the_cap(self, cap: str, fen: int) -> None:
        for rounding in ("floor", "ceil", "prorata"):
            charge = season_charge(TAIYUAN, SHOP, {"building": D("100")}, tall(rounding, cap=cap))
            assert charge.amount_fen == fen

    def test_prorata_divides_once_and_last(self) -> None:
        # 0.70 / 0.30 never ends; a quotient cut after 28 digits would miss the half fen
        third = OverHeightTerms(D("4.20"), D("3.50"), D("0.30"), D("30"), "prorata")
        charge = season_charge(
            TAIYUAN, PriceTerms("m2_season", D("0.15"), "building"), {"building": D("0.50")}, third
        )
        assert charge.amount_fen == 13  # 0.075 × 1.7 = 0.1275
        exact_half = season_charge(
            TAIYUAN, PriceTerms("m2_season", D("0.03"), "building"), {"building": D("0.50")}, third
        )
        assert exact_half.amount_fen == 3  # 0.015 × 1.7 = 0.0255

    def test_keeps_its_factors(self) -> None:
        charge = season_charge(TAIYUAN, SHOP, {"building": D("100")}, tall("ceil", "4.15"))
        assert charge.steps == 3
        assert charge.surcharge_percent == 30
        assert charge.billed_area == D("130")
        prorated = season_charge(TAIYUAN, SHOP, {"building": D("100")}, tall("prorata", "4.15"))
        assert prorated.steps is None
        assert prorated.surcharge_percent == D("21.666667")
        assert prorated.billed_area == D("121.666667")

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"rounding": "round"}, "进位方式"),
            ({"step": D(0)}, "步长"),
            ({"step": D("-0.3")}, "步长"),
            ({"height": D("-1")}, "层高为负"),
            ({"base": D("-1")}, "层高为负"),
            ({"percent_per_step": D("-10")}, "比例为负"),
            ({"cap_percent": D("-1")}, "比例为负"),
        ],
    )
    def test_refuses_nonsense(self, change: dict[str, object], reason: str) -> None:
        terms: dict[str, object] = {
            "height": D("4.1"),
            "base": D("3.5"),
            "step": D("0.3"),
            "percent_per_step": D("10"),
            "rounding": "floor",
        }
        with pytest.raises(ValueError, match=reason):
            OverHeightTerms(**(terms | change))  # type: ignore[arg-type]


class TestExplain:
    def test_a_monthly_price(self) -> None:
        charge = season_charge(TAIYUAN, HOME, {"building": D("114.36")})
        assert charge.explain() == "114.36 m² × 3.60 元/m²·月 × 5 月 = 2,058.48 元"

    def test_a_season_price(self) -> None:
        price = PriceTerms("m2_season", D("25.00"), "building")
        charge = season_charge(TAIYUAN, price, {"building": D("93.93")})
        assert charge.explain() == "93.93 m² × 25.00 元/m²·采暖季 = 2,348.25 元"

    def test_a_daily_price(self) -> None:
        price = PriceTerms("m2_day", D("0.19"), "building")
        charge = season_charge(ZHENGZHOU, price, {"building": D("100.00")})
        assert charge.explain() == "100.00 m² × 0.19 元/m²·日 × 120 日 = 2,280.00 元"

    def test_a_tall_shop(self) -> None:
        charge = season_charge(TAIYUAN, SHOP, {"building": D("100.00")}, tall("floor", cap="20"))
        assert charge.explain() == (
            "100.00 m² × 120%（层高 4.10 m，超过 3.50 m，每 0.30 m 加收 10%，计 2 档，上限 20%）"
            " × 7.50 元/m²·月 × 5 月 = 4,500.00 元"
        )

    def test_a_low_shop_says_nothing_of_height(self) -> None:
        charge = season_charge(TAIYUAN, SHOP, {"building": D("1.00")}, tall("ceil", "3.50"))
        assert charge.explain() == "1.00 m² × 7.50 元/m²·月 × 5 月 = 37.50 元"


def oracle(season: SeasonTerms, price: PriceTerms, area: D, over: OverHeightTerms | None) -> int:
    """The same charge in fractions, written from the price document rather than from the code."""
    count = {
        "m2_month": Fraction(season.billable_months or 0),
        "m2_season": Fraction(1),
        "m2_day": Fraction((season.ends - season.starts).days + season.ends_inclusive),
    }[price.unit]
    percent = Fraction(0)
    if over is not None and over.height > over.base:
        steps = (Fraction(over.height) - Fraction(over.base)) / Fraction(over.step)
        whole = {
            "floor": Fraction(math.floor(steps)),
            "ceil": Fraction(math.ceil(steps)),
            "prorata": steps,
        }
        percent = whole[over.rounding] * Fraction(over.percent_per_step)
        if over.cap_percent is not None:
            percent = min(percent, Fraction(over.cap_percent))
    billed = Fraction(area) * (1 + percent / 100)
    return math.floor(billed * Fraction(price.amount) * count * 100 + Fraction(1, 2))


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(D(low), D(high), places=places)


HEIGHTS = st.builds(
    OverHeightTerms,
    height=decimals("2", "12", 2),
    base=decimals("2.5", "4.5", 2),
    step=decimals("0.01", "1", 2),
    percent_per_step=decimals("0", "30", 3),
    rounding=st.sampled_from(["floor", "ceil", "prorata"]),
    cap_percent=st.none() | decimals("0", "120", 2),
)
SEASONS = st.builds(
    lambda starts, days, inclusive, months: SeasonTerms(
        starts, date.fromordinal(starts.toordinal() + days), inclusive, months
    ),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.integers(1, 250),
    st.booleans(),
    st.integers(0, 8) | decimals("0", "8", 2),
)
PRICES = st.builds(
    PriceTerms,
    st.sampled_from(["m2_month", "m2_season", "m2_day"]),
    decimals("0", "60", 4),
    st.just("building"),
)


class TestSeasonChargeAgainstFractions:
    @given(SEASONS, PRICES, decimals("0", "100000", 4), st.none() | HEIGHTS)
    def test_agree(
        self, season: SeasonTerms, price: PriceTerms, area: D, over: OverHeightTerms | None
    ) -> None:
        charge = season_charge(season, price, {"building": area}, over)
        assert charge.amount_fen == oracle(season, price, area, over)
        assert charge.explain().endswith(" 元")
