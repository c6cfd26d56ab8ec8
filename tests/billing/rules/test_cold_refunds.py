from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.cold_refunds import ColdBand, ColdReading, ColdRefundTerms, cold_refund

D = Decimal
LINYI_BANDS = (
    ColdBand(D("0.20"), at_least=D(16), below=D(18)),
    ColdBand(D("0.50"), at_least=D(14), below=D(16)),
    ColdBand(D("1.00"), below=D(14)),
)
LINYI = ColdRefundTerms(131, "full", LINYI_BANDS)
XIAN = ColdRefundTerms(131, "less_basic", LINYI_BANDS, D("0.30"))


def cold(days: str, temperature: str, hours: str | None = None) -> ColdReading:
    return ColdReading(D(days), D(temperature), None if hours is None else D(hours))


READINGS = [cold("10", "17.0"), cold("5", "15.0"), cold("2", "13.9")]


class TestColdRefund:
    def test_by_bands(self) -> None:
        assert cold_refund(262000, LINYI, READINGS).amount_fen == 13000

    def test_after_the_basic_part(self) -> None:
        assert cold_refund(262000, XIAN, READINGS).amount_fen == 9100

    def test_the_basic_share_counts_only_where_the_rule_says_so(self) -> None:
        terms = ColdRefundTerms(131, "full", LINYI_BANDS, D("0.30"))
        assert cold_refund(262000, terms, READINGS).amount_fen == 13000

    @pytest.mark.parametrize(
        ("temperature", "fen"),
        [
            ("18.0", 0),
            ("17.99", 400),
            ("16.0", 400),
            ("15.999", 1000),
            ("14.0", 1000),
            ("13.9", 2000),
            ("-3", 2000),
            ("25", 0),
        ],
    )
    def test_ends_are_in_or_out_as_written(self, temperature: str, fen: int) -> None:
        assert cold_refund(262000, LINYI, [cold("1", temperature)]).amount_fen == fen

    def test_ends_the_other_way_round(self) -> None:
        bands = (
            ColdBand(D("0.20"), above=D(16), at_most=D(18)),
            ColdBand(D("0.50"), above=D(14), at_most=D(16)),
            ColdBand(D("1"), at_most=D(14)),
        )
        terms = ColdRefundTerms(131, "full", bands)
        amounts = [
            cold_refund(262000, terms, [cold("1", at)]).amount_fen
            for at in ("18.01", "18", "16.01", "16", "14.01", "14")
        ]
        assert amounts == [0, 400, 400, 1000, 1000, 2000]

    def test_the_first_band_that_holds_wins(self) -> None:
        bands = (ColdBand(D("0.1"), below=D(18)), ColdBand(D("1"), below=D(10)), ColdBand(D("0")))
        terms = ColdRefundTerms(100, "full", bands)
        assert cold_refund(100000, terms, [cold("1", "5")]).amount_fen == 100

    def test_only_the_affected_area(self) -> None:
        assert cold_refund(262000, LINYI, READINGS, area_share=D("0.5")).amount_fen == 6500
        assert cold_refund(262000, LINYI, READINGS, area_share=D(0)).amount_fen == 0

    @pytest.mark.parametrize(("hours", "fen"), [("47.99", 0), ("48", 13000), ("49", 13000)])
    def test_too_short_gives_nothing(self, hours: str, fen: int) -> None:
        terms = ColdRefundTerms(131, "full", LINYI_BANDS, minimum_hours=D(48))
        assert cold_refund(262000, terms, READINGS, hours=D(hours)).amount_fen == fen

    def test_a_reading_may_have_hours_of_its_own(self) -> None:
        terms = ColdRefundTerms(131, "full", LINYI_BANDS, minimum_hours=D(24))
        readings = [cold("1", "13", "24"), cold("1", "13", "23"), cold("1", "13")]
        assert cold_refund(262000, terms, readings, hours=D(30)).amount_fen == 4000

    def test_a_minimum_needs_hours(self) -> None:
        terms = ColdRefundTerms(131, "full", LINYI_BANDS, minimum_hours=D(24))
        with pytest.raises(ValueError, match="须写明低温小时数"):
            cold_refund(262000, terms, READINGS)

    def test_divides_once_and_last(self) -> None:
        terms = ColdRefundTerms(3, "full", (ColdBand(D(1)),))
        assert cold_refund(100, terms, [cold("1", "0")] * 3).amount_fen == 100

    def test_no_readings_no_refund(self) -> None:
        assert cold_refund(262000, LINYI, []).amount_fen == 0

    def test_refuses_more_days_than_the_season_has(self) -> None:
        with pytest.raises(ValueError, match="超过采暖季天数"):
            cold_refund(262000, LINYI, [cold("100", "17"), cold("31.5", "15")])

    @pytest.mark.parametrize("share", ["-0.1", "1.1"])
    def test_refuses_shares_outside_nought_and_one(self, share: str) -> None:
        for attempt in (
            lambda: cold_refund(1, LINYI, [], area_share=D(share)),
            lambda: ColdBand(D(share)),
            lambda: ColdRefundTerms(131, "less_basic", (), D(share)),
        ):
            with pytest.raises(ValueError, match="比例须在 0 与 1 之间"):
                attempt()

    def test_refuses_other_nonsense(self) -> None:
        with pytest.raises(ValueError, match="热费为负"):
            cold_refund(-1, LINYI, [])
        with pytest.raises(ValueError, match="低温小时数为负"):
            cold_refund(1, LINYI, [], hours=D(-1))
        with pytest.raises(ValueError, match="低温天数为负"):
            cold("-1", "17")
        with pytest.raises(ValueError, match="低温小时数为负"):
            cold("1", "17", "-1")
        with pytest.raises(ValueError, match="采暖季天数须大于零"):
            ColdRefundTerms(0, "full", ())
        with pytest.raises(ValueError, match="退费基数不认识：most"):
            ColdRefundTerms(131, "most", ())
        with pytest.raises(ValueError, match="最短小时数为负"):
            ColdRefundTerms(131, "full", (), minimum_hours=D(-1))

    @pytest.mark.parametrize(
        "ends",
        [
            {"at_least": D(18), "below": D(16)},
            {"at_least": D(16), "below": D(16)},
            {"above": D(16), "at_most": D(16)},
            {"above": D(16), "below": D(16)},
        ],
    )
    def test_refuses_a_band_without_room(self, ends: dict[str, Decimal]) -> None:
        with pytest.raises(ValueError, match="下限高于上限"):
            ColdBand(D("0.2"), **ends)

    def test_a_band_may_be_one_temperature(self) -> None:
        assert ColdBand(D("0.2"), at_least=D(16), at_most=D(16)).contains(D("16.0"))

    def test_explains_itself(self) -> None:
        terms = ColdRefundTerms(131, "less_basic", LINYI_BANDS, D("0.30"), D(24))
        readings = [cold("10", "17.0", "24"), cold("1", "13.9", "8")]
        refund = cold_refund(262000, terms, readings, area_share=D("0.5"))
        assert refund.explain() == (
            "退费基数 2,620.00 元 × (1 − 0.30) × 受影响面积 50.0%，采暖季 131 日\n"
            "10 日 17.0 °C：退 20.00%\n"
            "1 日 13.9 °C：退 0%，未达最短时长\n"
            "应退 14.00 元"
        )

    @given(
        st.integers(0, 10**7),
        st.integers(1, 200),
        st.decimals(0, 1, places=3),
        st.decimals(0, 1, places=3),
        st.lists(st.tuples(st.integers(0, 20), st.decimals(0, 25, places=1)), max_size=6),
    )
    def test_agrees_with_fractions_and_never_exceeds_the_fee(
        self,
        fee: int,
        season_days: int,
        basic: Decimal,
        area: Decimal,
        readings: list[tuple[int, Decimal]],
    ) -> None:
        cold_readings = [ColdReading(Decimal(days), at) for days, at in readings]
        terms = ColdRefundTerms(season_days, "less_basic", LINYI_BANDS, basic)
        if sum(days for days, _ in readings) > season_days:
            with pytest.raises(ValueError, match="超过采暖季天数"):
                cold_refund(fee, terms, cold_readings, area_share=area)
            return
        share = sum(
            days * (Fraction(1) if at < 14 else Fraction(1, 2) if at < 16 else Fraction(1, 5))
            for days, at in readings
            if at < 18
        )
        exact = fee * (1 - Fraction(basic)) * Fraction(area) * share / season_days
        amount = cold_refund(fee, terms, cold_readings, area_share=area).amount_fen
        assert Fraction(-1, 2) < amount - exact <= Fraction(1, 2)
        assert 0 <= amount <= fee
