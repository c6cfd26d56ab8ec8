"""Amounts, days and long numbers as banks print them."""

from datetime import date, datetime, time

import pytest

from billing.statements.cells import (
    Moment,
    plain_text,
    read_amount,
    read_clock,
    read_long_number,
    read_moment,
)


class TestReadAmount:
    @pytest.mark.parametrize(
        ("cell", "fen"),
        [
            ("5,571.28", 557128),
            (6074.18, 607418),
            (-6145.26, -614526),
            ("", 0),
            (None, 0),
            ("-", 0),
            ("0.00", 0),
            ("￥2,046.06", 204606),
            ("¥-12.50", -1250),
            ("-￥12.50", -1250),
            ("-5,327.61", -532761),
            ("5,327.61-", -532761),
            ("－5,327.61", -532761),
            ("(5,327.61)", -532761),
            ("（5,327.61）", -532761),
            ("[5,327.61]", -532761),
            ("【￥5,327.61】", -532761),
            ("(-5,327.61)", -532761),
            ("＋１，２３４．５０", 123450),
            ("1234.5元", 123450),
            ("RMB 7", 700),
        ],
    )
    def test_reads_yuan_in_fen(self, cell: object, fen: int) -> None:
        assert read_amount(cell) == fen

    @pytest.mark.parametrize("cell", ["abc", "1.234", "12,34", "()", "1402 0000 0000 x", True])
    def test_refuses_what_is_no_amount(self, cell: object) -> None:
        with pytest.raises(ValueError, match=r"数字|小数"):
            read_amount(cell)


class TestReadMoment:
    @pytest.mark.parametrize(
        ("cell", "moment"),
        [
            ("20251103", Moment(date(2025, 11, 3))),
            ("2025-11-03", Moment(date(2025, 11, 3))),
            ("2025/11/3", Moment(date(2025, 11, 3))),
            ("2025年11月3日", Moment(date(2025, 11, 3))),
            ("2025-11-03 09:36:00", Moment(date(2025, 11, 3), time(9, 36))),
            ("20251103 093601", Moment(date(2025, 11, 3), time(9, 36, 1))),
            ("20251103093601", Moment(date(2025, 11, 3), time(9, 36, 1))),
            ("２０２５－１１－０３", Moment(date(2025, 11, 3))),
            ('="20251103"', Moment(date(2025, 11, 3))),
            (45964, Moment(date(2025, 11, 3))),
            (date(2025, 11, 3), Moment(date(2025, 11, 3))),
            (datetime.combine(date(2025, 11, 3), time()), Moment(date(2025, 11, 3))),
            (
                datetime.combine(date(2025, 11, 3), time(9, 36)),
                Moment(date(2025, 11, 3), time(9, 36)),
            ),
        ],
    )
    def test_reads_the_day_and_the_time_where_there_is_one(
        self, cell: object, moment: Moment
    ) -> None:
        assert read_moment(cell) == moment

    @pytest.mark.parametrize("cell", ["", "合计", "20251350", "11-03"])
    def test_refuses_what_is_no_day(self, cell: object) -> None:
        with pytest.raises(ValueError, match=r"日期无效|为空"):
            read_moment(cell)

    def test_a_time_of_its_own_column(self) -> None:
        assert read_clock("09:36:00") == time(9, 36)
        assert read_clock("093601") == time(9, 36, 1)
        assert read_clock(time(9, 36)) == time(9, 36)
        assert read_clock("25:00") is None
        assert read_clock("") is None


class TestReadLongNumber:
    @pytest.mark.parametrize(
        ("cell", "number"),
        [
            ("6982153702725957\t", "6982153702725957"),
            ("1402 0000 0000 1234 567", "1402000000001234567"),
            ('="6982153702725957"', "6982153702725957"),
            ("'0001", "0001"),
            ("ａｂ１２", "AB12"),
            (20251103, "20251103"),
            (None, ""),
        ],
    )
    def test_gives_one_spelling(self, cell: object, number: str) -> None:
        assert read_long_number(cell) == number

    @pytest.mark.parametrize("cell", ["6.98215E+15", 6982153702725957.0])
    def test_a_number_that_lost_its_last_digits_identifies_nothing(self, cell: object) -> None:
        assert read_long_number(cell) == ""

    def test_text_is_one_line(self) -> None:
        assert plain_text(" １１１１３４４\t采暖费\n") == "1111344 采暖费"
