from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.money import (
    exact,
    in_words,
    parse_yuan,
    round_fen,
    round_half_up,
    split_vat,
    yuan,
    yuan_plain,
    yuan_text,
)

FEN = st.integers(min_value=-(10**17), max_value=10**17)


class TestRoundFen:
    @pytest.mark.parametrize(
        ("amount", "fen"),
        [
            ("0", 0),
            ("0.004", 0),
            ("0.005", 1),
            ("-0.005", -1),
            ("-0.0049999", 0),
            ("1.005", 101),
            ("2.675", 268),
            ("1620", 162000),
            ("0.00499999999999999999999999999999999999", 0),
            ("12345678901234567890.125", 1234567890123456789013),
        ],
    )
    def test_halves_go_away_from_zero(self, amount: str, fen: int) -> None:
        assert round_fen(Decimal(amount)) == fen

    def test_a_divisor_is_not_rounded_on_the_way(self) -> None:
        assert round_fen(Decimal(1), 3) == 33
        assert round_fen(Decimal("0.03"), 2) == 2
        assert round_fen(Decimal("0.03"), Decimal(-2)) == -2
        # 28 digits of quotient would show 0.015000…0 and round up
        assert round_fen(Decimal("0.04499999999999999999999999999999999999"), 3) == 1

    def test_the_callers_precision_does_not_matter(self) -> None:
        with localcontext() as context:
            context.prec = 3
            assert round_fen(Decimal("123456.785")) == 12345679

    @pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1E+999999", "1E-999999"])
    def test_monsters_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="数"):
            round_half_up(Decimal(text))

    def test_division_by_zero_is_refused(self) -> None:
        with pytest.raises(ValueError, match="除数为零"):
            round_fen(Decimal(1), 0)

    @given(
        st.decimals(-(10**9), 10**9, places=6),
        st.decimals("0.001", 10**4, places=3),
    )
    def test_is_the_nearest_fen(self, amount: Decimal, over: Decimal) -> None:
        fen = round_fen(amount, over)
        off = Fraction(amount) * 100 / Fraction(over) - fen
        assert abs(off) <= Fraction(1, 2)
        if abs(off) == Fraction(1, 2):
            assert abs(fen) > abs(Fraction(amount) * 100 / Fraction(over))

    def test_exact_products_keep_every_digit(self) -> None:
        with exact():
            product = Decimal("1.00000000000000000001") * Decimal("1.00000000000000000001")
        assert product == Decimal("1.0000000000000000000200000000000000000001")


class TestParseYuan:
    @pytest.mark.parametrize(
        ("text", "fen"),
        [
            ("0", 0),
            ("0.00", 0),
            ("7", 700),
            ("0.5", 50),
            ("0.05", 5),
            ("1620.00", 162000),
            ("-564.25", -56425),
            ("9999999999999999.99", 999999999999999999),
        ],
    )
    def test_reads_plain_amounts(self, text: str, fen: int) -> None:
        assert parse_yuan(text) == fen

    @pytest.mark.parametrize(
        "text",
        ["", " 1", "1 ", "12\n", "1.", ".5", "+1", "--1", "1,620.00", "1.005", "007", "1e3", "NaN"],
    )
    def test_refuses_other_spellings(self, text: str) -> None:
        with pytest.raises(ValueError, match="不是金额"):
            parse_yuan(text)

    @pytest.mark.parametrize(
        "text",
        ["１２", "￥1", "1元", "٣", "99999999999999999.00"],
    )
    def test_refuses_everything_else(self, text: str) -> None:
        with pytest.raises(ValueError, match="不是金额"):
            parse_yuan(text)

    @pytest.mark.parametrize("value", [None, 1620, 16.2, Decimal("1.00"), True, b"1.00"])
    def test_refuses_what_is_not_text(self, value: object) -> None:
        with pytest.raises(ValueError, match="不是金额"):
            parse_yuan(value)  # type: ignore[arg-type]

    @given(FEN)
    def test_reads_back_what_was_written(self, fen: int) -> None:
        assert parse_yuan(yuan_plain(fen)) == fen
        assert round_fen(yuan(fen)) == fen


class TestYuanText:
    @pytest.mark.parametrize(
        ("fen", "text", "plain"),
        [
            (0, "0.00", "0.00"),
            (5, "0.05", "0.05"),
            (-5, "-0.05", "-0.05"),
            (162000, "1,620.00", "1620.00"),
            (-123456789, "-1,234,567.89", "-1234567.89"),
        ],
    )
    def test_for_people_and_for_machines(self, fen: int, text: str, plain: str) -> None:
        assert yuan_text(fen) == text
        assert yuan_plain(fen) == plain

    def test_yuan_has_two_places(self) -> None:
        assert str(yuan(162000)) == "1620.00"
        assert str(yuan(-5)) == "-0.05"


WORDS = {
    "0.00": "零元整",
    "0.01": "壹分",
    "0.05": "伍分",
    "0.10": "壹角整",
    "0.50": "伍角整",
    "0.55": "伍角伍分",
    "1.00": "壹元整",
    "1.01": "壹元零壹分",
    "1.10": "壹元壹角整",
    "10.00": "壹拾元整",
    "10.05": "壹拾元零伍分",
    "11.00": "壹拾壹元整",
    "20.00": "贰拾元整",
    "100.00": "壹佰元整",
    "101.00": "壹佰零壹元整",
    "110.00": "壹佰壹拾元整",
    "1000.00": "壹仟元整",
    "1001.00": "壹仟零壹元整",
    "1010.00": "壹仟零壹拾元整",
    "1100.00": "壹仟壹佰元整",
    "1409.50": "壹仟肆佰零玖元伍角整",
    "1620.00": "壹仟陆佰贰拾元整",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "2058.48": "贰仟零伍拾捌元肆角捌分",
    "6007.14": "陆仟零柒元壹角肆分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
    "10000.00": "壹万元整",
    "10001.00": "壹万零壹元整",
    "10100.00": "壹万零壹佰元整",
    "11000.00": "壹万壹仟元整",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "100000.00": "壹拾万元整",
    "1000000.00": "壹佰万元整",
    "1000010.00": "壹佰万零壹拾元整",
    "10000000.00": "壹仟万元整",
    "20010001.00": "贰仟零壹万零壹元整",
    "100000000.00": "壹亿元整",
    "100000001.00": "壹亿零壹元整",
    "100010000.00": "壹亿零壹万元整",
    "110000000.00": "壹亿壹仟万元整",
    "1234567890.12": "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分",
    "1000000000000.00": "壹万亿元整",
    "1000000000001.00": "壹万亿零壹元整",
    "1000050000000.00": "壹万亿伍仟万元整",
    "1000100000000.00": "壹万零壹亿元整",
    "9999999999999999.99": "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿"
    "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    "-486.00": "负肆佰捌拾陆元整",
    "-0.03": "负叁分",
}


def read_words(words: str) -> int:
    """An independent reading of the words, by place values, for the round trip below."""
    sign = -1 if words.startswith("负") else 1
    digits = dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True))
    total = section = digit = cents = 0
    for letter in words.removeprefix("负"):
        if letter in digits:
            digit = digits[letter]
        elif letter in "拾佰仟":
            section += digit * 10 ** (1 + "拾佰仟".index(letter))
            digit = 0
        elif letter == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        elif letter == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif letter == "元":
            cents, section, total, digit = (total + section + digit) * 100, 0, 0, 0
        elif letter == "角":
            cents, digit = cents + digit * 10, 0
        elif letter == "分":
            cents, digit = cents + digit, 0
    return sign * cents


class TestInWords:
    @pytest.mark.parametrize(("amount", "words"), WORDS.items())
    def test_spells(self, amount: str, words: str) -> None:
        assert in_words(parse_yuan(amount)) == words

    @pytest.mark.parametrize("fen", [10**18, -(10**18)])
    def test_refuses_what_has_no_words(self, fen: int) -> None:
        with pytest.raises(ValueError, match="超出大写范围"):
            in_words(fen)

    @given(FEN)
    def test_can_be_read_back(self, fen: int) -> None:
        assert read_words(in_words(fen)) == fen

    @given(FEN, st.sampled_from([10**k for k in range(1, 16)]))
    def test_round_numbers_can_be_read_back_and_never_double_a_zero(
        self, fen: int, unit: int
    ) -> None:
        number = fen // unit * unit
        words = in_words(number)
        assert read_words(words) == number
        assert "零零" not in words
        assert "零元" not in words or number == 0


class TestSplitVat:
    @pytest.mark.parametrize(
        ("gross", "rate", "net", "tax"),
        [
            (750000, "0.09", 688073, 61927),
            (750000, "0", 750000, 0),
            (0, "0.09", 0, 0),
            (1, "0.09", 1, 0),
            (100, "1", 50, 50),
            (101, "1", 51, 50),
            (-750000, "0.09", -688073, -61927),
        ],
    )
    def test_takes_the_tax_out(self, gross: int, rate: str, net: int, tax: int) -> None:
        assert split_vat(gross, Decimal(rate)) == (net, tax)

    @pytest.mark.parametrize("rate", ["-0.01", "1.01", "9"])
    def test_refuses_impossible_rates(self, rate: str) -> None:
        with pytest.raises(ValueError, match="税率"):
            split_vat(100, Decimal(rate))

    @given(FEN, st.decimals(0, 1, places=6))
    def test_net_and_tax_are_the_gross(self, gross: int, rate: Decimal) -> None:
        net, tax = split_vat(gross, rate)
        assert net + tax == gross
        assert abs(Fraction(gross) / (1 + Fraction(rate)) - net) <= Fraction(1, 2)
