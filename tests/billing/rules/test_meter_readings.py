"""The rules of heat meters, with the numbers of cities' own cases."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from billing.rules import meter_readings
from billing.rules.meter_readings import (
    BackwardReading,
    HeatPart,
    HeatUnknown,
    MeterHistory,
    MeterTerms,
    RegisterReading,
    exceeds,
    register_difference,
    total_heat,
)

D = Decimal
OPENS, CLOSES = date(2025, 11, 1), date(2026, 3, 31)
# Heat had stopped on the one day and flows again on the other.
EARLIEST, LATEST = date(2025, 3, 31), date(2026, 11, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def read(text: str, value: str, *, estimate: bool = False) -> RegisterReading:
    return RegisterReading(day(text), D(value), estimate)


def heat_between(
    meters: list[MeterHistory], opens: date, closes: date, *, handed_over: Iterable[date] = ()
) -> list[HeatPart]:
    return meter_readings.heat_between(
        meters, opens, closes, earliest=EARLIEST, latest=LATEST, handed_over=handed_over
    )


def meter(
    number: str,
    *readings: RegisterReading,
    removed: str = "",
    unit: str = "GJ",
    digits: int | None = None,
    factor: str = "1",
) -> MeterHistory:
    return MeterHistory(
        MeterTerms(number, unit, digits, D(factor)),
        readings[0].on,
        day(removed) if removed else None,
        readings,
    )


OLD = meter(
    "OLD", read("2024-10-01", "9100.0"), read("2025-11-01", "9870.2"),
    read("2026-01-10", "9998.6"), removed="2026-01-10",
)  # fmt: skip
NEW = meter("NEW", read("2026-01-10", "0.0"), read("2026-03-31", "31.2"))


@pytest.mark.parametrize(
    ("before", "after", "digits", "difference"),
    [
        ("9870.2", "9998.6", None, "128.4"),
        ("1.5", "32.7", None, "31.2"),
        ("99987", "00045", 5, "58"),
        ("99987.25", "0.5", 5, "13.25"),
        ("500", "500", None, "0"),
        ("50000", "0", 5, "50000"),
    ],
)
def test_a_register_goes_forward_and_rolls_over_at_its_size(
    before: str, after: str, digits: int | None, difference: str
) -> None:
    assert register_difference(D(before), D(after), digits) == D(difference)


@pytest.mark.parametrize(
    ("before", "after", "digits", "sentence"),
    [
        ("99987", "00045", None, "没有登记表盘位数"),
        ("500", "490", 5, "读数比上次小"),
        ("49999", "0", 5, "读数比上次小"),
    ],
)
def test_a_reading_that_goes_backwards_is_none(
    before: str, after: str, digits: int | None, sentence: str
) -> None:
    with pytest.raises(BackwardReading, match=sentence):
        register_difference(D(before), D(after), digits)


@pytest.mark.parametrize(
    ("before", "after", "digits", "sentence"),
    [("-1", "5", None, "读数为负"), ("5", "100000", 5, "表盘只有 5 位")],
)
def test_a_number_that_no_register_shows_is_refused(
    before: str, after: str, digits: int | None, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        register_difference(D(before), D(after), digits)


@pytest.mark.parametrize(
    ("difference", "days", "too_much"),
    [("120.0", 31, False), ("1200", 31, True), ("310", 31, False), ("10.001", 0, True)],
)
def test_more_than_a_day_can_use_is_noticed(difference: str, days: int, too_much: bool) -> None:
    assert exceeds(D(difference), days, D("10")) is too_much


class TestHeatBetween:
    def test_a_replaced_meter_and_the_new_one_add_up(self) -> None:
        parts = heat_between([NEW, OLD], OPENS, CLOSES)
        assert [(part.meter.number, part.amount) for part in parts] == [
            ("OLD", D("128.4")),
            ("NEW", D("31.2")),
        ]
        assert total_heat(parts) == D("159.6")
        assert parts[0].explain() == (
            "热表 OLD：(9,998.6 − 9,870.2) = 128.4 GJ（2025-11-01 至 2026-01-10）"
        )

    def test_the_final_reading_closes_after_another_of_its_day(self) -> None:
        old = meter(
            "OLD", read("2025-10-15", "0"), read("2026-01-10", "5"), read("2026-01-10", "6.5"),
            removed="2026-01-10",
        )  # fmt: skip
        assert [part.amount for part in heat_between([old, NEW], OPENS, CLOSES)] == [
            D("6.5"),
            D("31.2"),
        ]

    def test_a_new_meter_may_begin_above_zero(self) -> None:
        new = meter("NEW", read("2026-01-10", "1.5"), read("2026-03-31", "32.7"))
        assert total_heat(heat_between([OLD, new], OPENS, CLOSES)) == D("159.6")

    def test_a_factor_multiplies_the_difference_and_a_rollover_is_told(self) -> None:
        parts = heat_between(
            [meter("A", read("2025-10-15", "99987"), read("2026-04-02", "45"), digits=5,
                   factor="1.02")],
            OPENS, CLOSES,
        )  # fmt: skip
        assert [(part.amount, part.explain()) for part in parts] == [
            (
                D("59.16"),
                "热表 A：(45 − 99,987) × 1.02 = 59.16 GJ（2025-10-15 至 2026-04-02，表盘归零一次）",
            )
        ]

    def test_a_true_reading_overrules_the_estimate_before_it(self) -> None:
        start = read("2025-10-15", "0")
        guess, truth = read("2026-03-31", "20.0", estimate=True), read("2026-04-20", "12.0")
        guessed = heat_between([meter("A", start, guess)], OPENS, CLOSES)
        true = heat_between([meter("A", start, guess, truth)], OPENS, CLOSES)
        assert (total_heat(guessed), total_heat(true)) == (D("20.0"), D("12.0"))
        assert "含估读" in guessed[0].explain()

    def test_replacement_and_change_of_owner_in_one_month_split_at_both_days(self) -> None:
        handed_over = day("2026-01-20")
        new = meter(
            "NEW", read("2026-01-10", "0.0"), read("2026-01-20", "4.7"), read("2026-03-31", "31.2")
        )
        first = heat_between([OLD, new], OPENS, handed_over, handed_over=[handed_over])
        second = heat_between([OLD, new], handed_over, CLOSES, handed_over=[handed_over])
        assert [part.amount for part in first] == [D("128.4"), D("4.7")]
        assert [part.amount for part in second] == [D("26.5")]
        assert total_heat([*first, *second]) == D("159.6")

    @pytest.mark.parametrize(
        ("meters", "sentence"),
        [
            ([meter("A", read("2025-10-15", "0"))], "热表 A 没有 2026-03-31 至 2026-11-01 的止度"),
            # What was read in the next season, or before the last one ended, holds its heat too.
            (
                [meter("A", read("2025-10-15", "0"), read("2026-11-02", "30"))],
                "热表 A 没有 2026-03-31 至 2026-11-01 的止度",
            ),
            (
                [
                    meter(
                        "A",
                        read("2024-10-01", "0"),
                        read("2025-03-30", "9"),
                        read("2026-03-31", "30"),
                    )
                ],
                "热表 A 没有 2025-03-31 至 2025-11-01 的起度",
            ),
            ([OLD], "自 2026-01-10 起没有热表"),
            ([NEW], "自 2025-11-01 起没有热表"),
            ([], "自 2025-11-01 起没有热表"),
            (
                [OLD, meter("NEW", read("2026-01-12", "0.0"), read("2026-03-31", "31.2"))],
                "自 2026-01-10 起没有热表",
            ),
            (
                [OLD, meter("NEW", read("2026-01-10", "0"), read("2026-03-31", "9"), unit="kWh")],
                "计量单位不同",
            ),
        ],
    )
    def test_heat_that_the_readings_do_not_say_is_unknown(
        self, meters: list[MeterHistory], sentence: str
    ) -> None:
        with pytest.raises(HeatUnknown, match=sentence):
            heat_between(meters, OPENS, CLOSES)

    def test_an_owner_who_goes_without_a_reading_leaves_the_heat_unknown(self) -> None:
        handed_over = day("2026-01-20")
        with pytest.raises(HeatUnknown, match="没有过户当日的读数（2026-01-20）"):
            heat_between([OLD, NEW], OPENS, handed_over, handed_over=[handed_over])
