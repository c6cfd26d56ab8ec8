"""Corrections of a line: by difference and by an amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.differences import Billed, Difference, by_amount, by_difference, spread
from office.money import split_vat

NONE, NINE = Decimal(0), Decimal("0.09")


def billed(amount_fen: int, rate: Decimal = NONE) -> Billed:
    return Billed(amount_fen, split_vat(amount_fen, rate)[1], rate)


class TestByDifference:
    def test_names_both_sides(self) -> None:
        assert by_difference(150_000, billed(161_100)) == Difference(-11_100, 0, 150_000, 161_100)

    def test_negative_should_is_refused(self) -> None:
        with pytest.raises(ValueError, match="应为金额为负"):
            by_difference(-1, billed(1))

    @given(st.lists(st.integers(0, 10**7), min_size=1, max_size=6), st.sampled_from([NONE, NINE]))
    def test_the_last_word_decides_amount_and_tax(self, shoulds: list[int], rate: Decimal) -> None:
        line = billed(500_000, rate)
        for should_fen in shoulds:
            difference = by_difference(should_fen, line)
            line = Billed(
                line.amount_fen + difference.amount_fen, line.tax_fen + difference.tax_fen, rate
            )
        assert line == billed(shoulds[-1], rate)


class TestByAmount:
    def test_a_credit_takes_back_its_tax(self) -> None:
        assert by_amount(-10_900, billed(375_000, NINE)) == Difference(-10_900, -900)

    def test_nothing_left_bears_no_tax(self) -> None:
        # Three credits of a third each: their own taxes would leave a fen.
        line = billed(10_000, NINE)
        for amount_fen in (-3_333, -3_333, -3_334):
            part = by_amount(amount_fen, line)
            line = Billed(line.amount_fen + part.amount_fen, line.tax_fen + part.tax_fen, NINE)
        assert line == Billed(0, 0, NINE)


class TestSpread:
    def test_a_credit_takes_line_after_line(self) -> None:
        lines = [billed(100), billed(50), billed(30)]
        assert spread(-120, lines) == [-100, -20, 0]

    def test_what_no_line_bears_stays_on_the_last(self) -> None:
        assert spread(-200, [billed(100), billed(50)]) == [-100, -100]

    def test_a_supplement_falls_on_the_first_line(self) -> None:
        assert spread(70, [billed(100), billed(50)]) == [70, 0]
