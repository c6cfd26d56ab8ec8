from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.intake import cells

D = Decimal
READERS: list[Callable[[object], object]] = [
    cells.read_text,
    cells.read_code,
    cells.read_number,
    cells.read_positive,
    cells.read_fen,
    cells.read_date,
    cells.read_season,
    cells.read_yes_no,
]
REQUIRED = READERS[:-1]


class TestCleanText:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, ""),
            ("", ""),
            (" \u3000\xa0\u200b\ufeff\t\n\u2800\u3164", ""),
            ("  熊帆慧\u3000", "熊帆慧"),
            ("𠮷霞", "𠮷霞"),
            ("ＧＲ－２０１６", "GR-2016"),
            ("迎泽 \u3000 花园", "迎泽 花园"),
            ("第一行\n第二行", "第一行 第二行"),
            ("慧居科技热力（郑州）有限公司", "慧居科技热力（郑州）有限公司"),
            ("张\u200b三", "张三"),
            (1110001.0, "1110001"),
            (1110001, "1110001"),
            (2.8, "2.8"),
            (True, "是"),
            (datetime(2021, 2, 10), "2021-02-10"),  # noqa: DTZ001 - a spreadsheet has no zones
            (date(2021, 2, 10), "2021-02-10"),
            ('=HYPERLINK("http://example.com","点我")', '=HYPERLINK("http://example.com","点我")'),
        ],
    )
    def test_leaves_what_a_person_reads(self, cell: object, text: str) -> None:
        assert cells.clean_text(cell) == text

    @given(st.text())
    def test_cleaning_twice_changes_nothing(self, text: str) -> None:
        once = cells.clean_text(text)
        assert cells.clean_text(once) == once
        assert cells.is_blank(text) == (not once)


class TestReadCode:
    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("１１１０００１", "1110001"),
            (1110001.0, "1110001"),
            (" gr-2016 00001 ", "GR-201600001"),
        ],
    )
    def test_is_narrow_and_without_space(self, cell: object, code: str) -> None:
        assert cells.read_code(cell) == code


class TestReadNumber:
    @pytest.mark.parametrize(
        ("cell", "number"),
        [
            (114.36, "114.36"),
            (90, "90"),
            (0.1 + 0.2, "0.3"),
            (D("12.50"), "12.50"),
            ("１２０．２", "120.2"),
            ("1,234.5", "1234.5"),
            ("１，５６０．５８", "1560.58"),
            ("98.5㎡", "98.5"),
            ("98.5 m²", "98.5"),
            ("98.5平方米", "98.5"),
            ("2.8米", "2.8"),
            ("￥1,354.30", "1354.30"),
            ("1354.3元", "1354.3"),
            ("-3871.12", "-3871.12"),
            ("−5", "-5"),
            ("+5", "5"),
            ("5.", "5"),
            (" 5 ", "5"),
            (-3871.12, "-3871.12"),
        ],
    )
    def test_reads(self, cell: object, number: str) -> None:
        assert cells.read_number(cell) == D(number)

    @pytest.mark.parametrize(
        "cell",
        [
            "九十",
            "12,34",
            "1.2.3",
            "1e5",
            "12a",
            "--1",
            "㎡",
            "=1+1",
            "约90",
            "90-100",
            True,
            float("nan"),
            float("inf"),
            1e300,
            date(2020, 1, 1),
            "9" * 40,
            D("NaN"),
        ],
    )
    def test_refuses(self, cell: object) -> None:
        with pytest.raises(ValueError, match=r"^不是数字$"):
            cells.read_number(cell)

    @pytest.mark.parametrize("cell", [0, "0", -5.0, "０．００"])
    def test_positive_means_above_zero(self, cell: object) -> None:
        with pytest.raises(ValueError, match=r"^必须大于零$"):
            cells.read_positive(cell)
        assert cells.read_positive("0.01") == D("0.01")

    @given(st.decimals(-(10**9), 10**9, places=2))
    def test_reads_every_amount_back(self, number: Decimal) -> None:
        assert cells.read_number(f"{number:,}") == number
        assert cells.read_number(float(number)) == number
        assert cells.read_fen(float(number)) == int(number * 100)


class TestReadFen:
    def test_reads_yuan(self) -> None:
        assert cells.read_fen(1354.3) == 135430
        assert cells.read_fen("￥1,354.30") == 135430

    def test_does_not_round(self) -> None:
        with pytest.raises(ValueError, match=r"^金额至多两位小数$"):
            cells.read_fen("1.005")


class TestReadDate:
    @pytest.mark.parametrize(
        "cell",
        [
            "2018-07-02",
            "2018/7/2",
            "2018.07.02",
            "2018.7.2",
            "2018年7月2日",
            "2018年7月2号",
            "２０１８年７月２日",
            " 2018 年 7 月 2 日 ",
            "2018-07-02 00:00:00",
            "20180702",
            20180702.0,
            43283,
            43283.0,
            date(2018, 7, 2),
            datetime(2018, 7, 2, 13, 5),  # noqa: DTZ001 - a spreadsheet has no zones
        ],
    )
    def test_reads(self, cell: object) -> None:
        assert cells.read_date(cell) == date(2018, 7, 2)

    @pytest.mark.parametrize(
        "cell",
        [
            "2018-02-30",
            "2018/13/1",
            "7/2/2018",
            "18/7/2",
            "昨天",
            "2018-07",
            "2018",
            5,
            1.5,
            True,
            "0000-01-01",
            "2018-07-02 13:05",
            43283.5,
            -1,
            10**12,
        ],
    )
    def test_refuses(self, cell: object) -> None:
        with pytest.raises(ValueError, match=r"^日期无效$"):
            cells.read_date(cell)

    @given(st.dates(date(1955, 1, 1), date(2100, 1, 1)))
    def test_reads_every_day(self, day: date) -> None:
        for cell in (f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"):
            assert cells.read_date(cell) == day
        assert cells.read_date((day - date(1899, 12, 30)).days) == day


class TestReadSeason:
    @pytest.mark.parametrize(
        "cell",
        [
            "2023-2024",
            "2023—2024",
            "2023——2024",
            "2023–2024",
            "2023/2024采暖季",
            "2023－2024",
            "2023至2024年度",
            "2023 - 2024",
            "2023~2024供暖季",
            "2023-24",
            "２０２３-２０２４",
            "2023年-2024年",
        ],
    )
    def test_reads(self, cell: str) -> None:
        assert cells.read_season(cell) == "2023-2024"

    def test_reads_over_a_century(self) -> None:
        assert cells.read_season("1999-00") == "1999-2000"

    @pytest.mark.parametrize("cell", ["2023", "二三年", "2023-2024-2025", "20232024", 2023.0])
    def test_refuses_other_forms(self, cell: object) -> None:
        with pytest.raises(ValueError, match=r"^采暖季应如 2023-2024$"):
            cells.read_season(cell)

    @pytest.mark.parametrize("cell", ["2023-2025", "2024-2023", "2023-2023", "2023-25"])
    def test_refuses_years_that_are_not_neighbours(self, cell: str) -> None:
        with pytest.raises(ValueError, match=r"^采暖季须为相邻两年$"):
            cells.read_season(cell)


class TestReadYesNo:
    @pytest.mark.parametrize(
        "cell", ["是", " 是\u3000", "√", "有", "y", "Ｙ", 1, 1.0, True, "TRUE"]
    )
    def test_yes(self, cell: object) -> None:
        assert cells.read_yes_no(cell) is True

    @pytest.mark.parametrize("cell", ["否", "", None, "无", "×", "n", 0, 0.0, False])
    def test_no(self, cell: object) -> None:
        assert cells.read_yes_no(cell) is False

    @pytest.mark.parametrize("cell", ["也许", "2", "是否", "低保"])
    def test_refuses(self, cell: object) -> None:
        with pytest.raises(ValueError, match=r"^应为是或否$"):
            cells.read_yes_no(cell)


class TestEveryReader:
    @pytest.mark.parametrize("reader", REQUIRED)
    @pytest.mark.parametrize("cell", [None, "", " \u3000\u200b"])
    def test_says_when_a_cell_is_empty(
        self, reader: Callable[[object], object], cell: object
    ) -> None:
        with pytest.raises(ValueError, match=r"^为空$"):
            reader(cell)

    @given(
        st.sampled_from(READERS),
        st.text() | st.floats() | st.integers() | st.booleans() | st.none() | st.dates(),
    )
    def test_reads_or_gives_a_short_reason(
        self, reader: Callable[[object], object], cell: object
    ) -> None:
        try:
            reader(cell)
        except ValueError as refusal:
            assert 0 < len(str(refusal)) <= 20  # noqa: PT017 - either outcome is right
