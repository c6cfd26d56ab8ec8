from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.late_fees import LateFee, LateFeeTerms, OwedFrom, RateFrom, Suspension, late_fee

D = Decimal
DUE = date(2025, 12, 31)
TWO_PER_MILLE = (RateFrom(date(2025, 1, 1), D("0.002")),)
WHOLE = LateFeeTerms("full_charge", TWO_PER_MILLE)
OWED = LateFeeTerms("outstanding", TWO_PER_MILLE)
DEBT = [OwedFrom(date(2025, 11, 15), 250000)]
PART_PAID = [*DEBT, OwedFrom(date(2026, 1, 11), 100000)]


def fee(
    as_of: date,
    terms: LateFeeTerms = WHOLE,
    outstanding: list[OwedFrom] = DEBT,
    **more: Any,
) -> LateFee:
    return late_fee(250000, outstanding, terms, due=DUE, as_of=as_of, **more)


class TestLateFee:
    @pytest.mark.parametrize(
        ("as_of", "fen"),
        [
            (date(2025, 11, 1), 0),
            (date(2025, 12, 31), 0),
            (date(2026, 1, 1), 500),
            (date(2026, 1, 20), 10000),
            (date(2026, 12, 31), 182500),
        ],
    )
    def test_counts_from_the_day_after_due_to_as_of(self, as_of: date, fen: int) -> None:
        assert fee(as_of).amount_fen == fen

    @pytest.mark.parametrize(
        ("stops_on", "fen"),
        [
            (date(2025, 6, 1), 0),
            (date(2025, 12, 31), 0),
            (date(2026, 1, 1), 0),
            (date(2026, 1, 2), 500),
            (date(2026, 1, 11), 5000),
            (date(2026, 1, 20), 9500),
            (date(2026, 1, 21), 10000),
            (date(2027, 1, 1), 10000),
        ],
    )
    def test_the_day_supply_is_cut_no_longer_counts(self, stops_on: date, fen: int) -> None:
        assert fee(date(2026, 1, 20), stops_on=stops_on).amount_fen == fen

    def test_on_what_is_outstanding(self) -> None:
        assert fee(date(2026, 1, 20), OWED, PART_PAID).amount_fen == 7000

    def test_on_the_full_charge_while_anything_is_owed(self) -> None:
        assert fee(date(2026, 1, 20), WHOLE, PART_PAID).amount_fen == 10000
        settled = [*DEBT, OwedFrom(date(2026, 1, 11), 0)]
        assert fee(date(2026, 1, 20), WHOLE, settled).amount_fen == 5000
        assert fee(date(2026, 1, 20), OWED, settled).amount_fen == 5000

    def test_nothing_owed_costs_nothing(self) -> None:
        assert fee(date(2026, 1, 20), WHOLE, []) == LateFee(0, (), capped=False)
        assert fee(date(2026, 1, 20), OWED, [OwedFrom(DUE, 0)]).amount_fen == 0

    def test_a_debt_that_begins_after_the_due_date(self) -> None:
        later = [OwedFrom(date(2026, 1, 16), 250000)]
        assert fee(date(2026, 1, 20), OWED, later).amount_fen == 2500
        assert fee(date(2026, 1, 15), OWED, later).amount_fen == 0

    def test_a_debt_that_comes_back(self) -> None:
        bounced = [*DEBT, OwedFrom(date(2026, 1, 5), 0), OwedFrom(date(2026, 1, 16), 250000)]
        assert fee(date(2026, 1, 20), WHOLE, bounced).amount_fen == 9 * 500

    def test_steps_may_come_in_any_order(self) -> None:
        assert fee(date(2026, 1, 20), OWED, PART_PAID[::-1]).amount_fen == 7000

    def test_of_two_steps_on_one_day_the_last_given_wins(self) -> None:
        twice = [*DEBT, OwedFrom(date(2026, 1, 11), 200000), OwedFrom(date(2026, 1, 11), 100000)]
        assert fee(date(2026, 1, 20), OWED, twice).amount_fen == 7000

    def test_the_latest_window_begun_applies(self) -> None:
        windows = (
            RateFrom(date(2026, 1, 11), D("0.001")),
            RateFrom(date(2025, 1, 1), D("0.002")),
            RateFrom(date(2026, 1, 16), D("0")),
        )
        terms = LateFeeTerms("full_charge", windows)
        assert fee(date(2026, 1, 31), terms).amount_fen == 10 * 500 + 5 * 250

    def test_no_window_begun_no_fee(self) -> None:
        terms = LateFeeTerms("full_charge", (RateFrom(date(2026, 1, 16), D("0.002")),))
        assert fee(date(2026, 1, 15), terms).amount_fen == 0
        assert fee(date(2026, 1, 20), terms).amount_fen == 2500
        assert fee(date(2026, 1, 20), LateFeeTerms("full_charge", ())).amount_fen == 0

    @pytest.mark.parametrize(
        ("cap", "fen", "capped"),
        [(0, 0, True), (9999, 9999, True), (10000, 10000, False), (10001, 10000, False)],
    )
    def test_stops_at_the_cap(self, cap: int, fen: int, capped: bool) -> None:
        penalty = fee(date(2026, 1, 20), LateFeeTerms("full_charge", TWO_PER_MILLE, cap))
        assert (penalty.amount_fen, penalty.capped) == (fen, capped)

    def test_rests_while_suspended(self) -> None:
        plan = Suspension(date(2026, 1, 6), date(2026, 1, 10))
        assert fee(date(2026, 1, 20), suspensions=[plan]).amount_fen == 7500
        assert fee(date(2026, 1, 8), suspensions=[plan]).amount_fen == 2500
        assert fee(date(2027, 1, 1), suspensions=[Suspension(date(2026, 1, 6))]).amount_fen == 2500

    def test_rounds_the_sum_and_not_the_days(self) -> None:
        terms = LateFeeTerms("full_charge", (RateFrom(date(2025, 1, 1), D("0.0005")),))
        penalty = late_fee(700, [OwedFrom(DUE, 700)], terms, due=DUE, as_of=date(2026, 1, 10))
        assert penalty.amount_fen == 4  # ten times 0.35 fen, not ten times nothing

    def test_many_years_are_no_effort(self) -> None:
        days = (date(2999, 12, 31) - DUE).days
        assert fee(date(2999, 12, 31)).amount_fen == days * 500
        assert len(fee(date(2999, 12, 31)).lines) == 1

    def test_explains_itself(self) -> None:
        penalty = fee(date(2026, 1, 20), OWED, PART_PAID)
        assert penalty.explain() == (
            "2026-01-01 至 2026-01-10 共 10 日：2,500.00 元 × 0.002/日\n"
            "2026-01-11 至 2026-01-20 共 10 日：1,000.00 元 × 0.002/日\n"
            "违约金合计 70.00 元"
        )
        capped = fee(date(2026, 1, 20), LateFeeTerms("full_charge", TWO_PER_MILLE, 100))
        assert capped.explain().endswith("违约金合计 1.00 元（已达上限）")

    def test_refuses_nonsense(self) -> None:
        with pytest.raises(ValueError, match="欠费金额为负"):
            OwedFrom(DUE, -1)
        for rate in ("-0.001", "1.1"):
            with pytest.raises(ValueError, match="违约金日率"):
                RateFrom(DUE, D(rate))
        with pytest.raises(ValueError, match="违约金基数不认识：half"):
            LateFeeTerms("half", TWO_PER_MILLE)
        with pytest.raises(ValueError, match="违约金上限为负"):
            LateFeeTerms("full_charge", TWO_PER_MILLE, -1)
        with pytest.raises(ValueError, match="止日早于起日"):
            Suspension(DUE, DUE - timedelta(days=1))
        with pytest.raises(ValueError, match="全额热费为负"):
            late_fee(-1, DEBT, WHOLE, due=DUE, as_of=DUE)


DAYS = st.dates(date(2025, 6, 1), date(2026, 6, 30))
STEPS = st.lists(st.builds(OwedFrom, DAYS, st.integers(0, 10**6)), max_size=5)
TERMS = st.builds(
    LateFeeTerms,
    st.sampled_from(["full_charge", "outstanding"]),
    st.lists(st.builds(RateFrom, DAYS, st.decimals(0, "0.01", places=5)), max_size=4).map(tuple),
    st.none() | st.integers(0, 10**5),
)


def day_by_day(full: int, steps: list[OwedFrom], terms: LateFeeTerms, due: date, last: date) -> int:
    """The rule as the README tells it, one day after the other."""
    total, day = Fraction(0), due + timedelta(days=1)
    while day <= last:
        owed, rate, owed_since, rate_since = 0, Decimal(0), date.min, date.min
        for step in steps:
            if owed_since <= step.starts <= day:
                owed, owed_since = step.amount_fen, step.starts
        for window in terms.windows:
            if rate_since <= window.starts <= day:
                rate, rate_since = window.per_day, window.starts
        base = owed if terms.base == "outstanding" else full if owed else 0
        total += base * Fraction(rate)
        day += timedelta(days=1)
    fen = (2 * total.numerator + total.denominator) // (2 * total.denominator)
    return fen if terms.cap_fen is None else min(fen, terms.cap_fen)


class TestLateFeeProperties:
    @given(st.integers(0, 10**6), STEPS, TERMS, DAYS, DAYS, st.none() | DAYS)
    def test_is_the_sum_of_its_days(
        self,
        full: int,
        steps: list[OwedFrom],
        terms: LateFeeTerms,
        due: date,
        as_of: date,
        stops_on: date | None,
    ) -> None:
        last = as_of if stops_on is None else min(as_of, stops_on - timedelta(days=1))
        penalty = late_fee(full, steps, terms, due=due, as_of=as_of, stops_on=stops_on)
        assert penalty.amount_fen == day_by_day(full, steps, terms, due, last)

    @given(st.integers(0, 10**6), STEPS, TERMS, DAYS, DAYS, st.integers(0, 200))
    def test_never_shrinks_with_time(
        self,
        full: int,
        steps: list[OwedFrom],
        terms: LateFeeTerms,
        due: date,
        as_of: date,
        more: int,
    ) -> None:
        now = late_fee(full, steps, terms, due=due, as_of=as_of)
        later = late_fee(full, steps, terms, due=due, as_of=as_of + timedelta(days=more))
        assert later.amount_fen >= now.amount_fen

    @given(st.integers(0, 10**7), st.integers(1, 1000))
    def test_never_compounds(self, full: int, days: int) -> None:
        debt = [OwedFrom(DUE, full)]
        single_day = late_fee(full, debt, WHOLE, due=DUE, as_of=DUE + timedelta(days=1))
        many_days = late_fee(full, debt, WHOLE, due=DUE, as_of=DUE + timedelta(days=days))
        per_day = single_day.lines[0].exact_fen if full else Decimal(0)
        assert abs(many_days.amount_fen - per_day * days) <= Decimal("0.5")
