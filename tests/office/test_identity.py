from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.identity import (
    check_credit_code,
    check_id_number,
    check_landline,
    check_mobile,
    check_phone,
    credit_code_checksum_agrees,
    id_check_character,
    mask_id_number,
    mask_phone,
)


class TestCheckIdNumber:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("11010519491231002X", "11010519491231002X"),
            ("11010519491231002x", "11010519491231002X"),
            ("440524188001010014", "440524188001010014"),
            (" 140121 19930430 8303 ", "140121199304308303"),
            ("１４０１２１１９９３０４３０８３０３", "140121199304308303"),
            ("\ufeff140121200002290000", "140121200002290000"),
        ],
    )
    def test_accepts(self, text: str, number: str) -> None:
        assert check_id_number(text) == number

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "须为18位"),
            ("140121930430830", "须为18位"),
            ("1401211993043083031", "须为18位"),
            ("1401211993043083O3", "非法字符"),
            ("X40121199304308303", "非法字符"),
            ("040121199304308303", "非法字符"),
            ("140121199302308303", "出生日期无效"),
            ("140121190002290006", "出生日期无效"),
            ("140121179904308303", "出生日期无效"),
            ("140121199304308304", "校验位错误"),
            ("140121199304308330", "校验位错误"),
            ("11010519491231002 ", "须为18位"),
            ("110105194912310021", "校验位错误"),
        ],
    )
    def test_refuses(self, text: str, reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            check_id_number(text)

    def test_nobody_is_born_after_today(self) -> None:
        assert check_id_number("140121199304308303", on=date(1993, 4, 30))
        with pytest.raises(ValueError, match="出生日期无效"):
            check_id_number("140121199304308303", on=date(1993, 4, 29))

    @given(
        st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
        st.dates(date(1880, 1, 1), date(2090, 1, 1)),
        st.integers(0, 999),
        st.integers(0, 16),
        st.integers(1, 9),
    )
    def test_one_wrong_digit_never_passes(
        self, place: str, born: date, order: int, at: int, by: int
    ) -> None:
        first = f"{place}{born:%Y%m%d}{order:03d}"
        number = first + id_check_character(first)
        assert check_id_number(number) == number
        wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
        with pytest.raises(ValueError, match="身份证"):
            check_id_number(wrong)


class TestCheckCreditCode:
    @pytest.mark.parametrize(
        "code", ["91350100M000100Y43", "91140100MAHQCAK4YC", "91140100MA7JXA6448"]
    )
    def test_accepts_the_form(self, code: str) -> None:
        assert check_credit_code(f" {code.lower()}") == code

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("", "须为18位"),
            ("91350100M000100Y4", "须为18位"),
            ("91350100I000100Y43", "格式错误"),
            ("91350100O000100Y43", "格式错误"),
            ("9135010AM000100Y43", "格式错误"),
            ("91350100M000100Y4-", "格式错误"),
        ],
    )
    def test_refuses(self, code: str, reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            check_credit_code(code)

    def test_the_checksum_is_asked_for_separately(self) -> None:
        assert credit_code_checksum_agrees("91350100M000100Y43")
        assert not credit_code_checksum_agrees("91350100M000100Y44")
        assert credit_code_checksum_agrees("91140100MAHQCAK4YC")
        assert not credit_code_checksum_agrees("91140100MAHQCAK4CY")


class TestCheckPhone:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("13639345074", "13639345074"),
            ("１３６３９３４５０７４", "13639345074"),
            ("136 3934 5074", "13639345074"),
            ("136-3934-5074", "13639345074"),
            ("+86 13639345074", "13639345074"),
            ("19912345678", "19912345678"),
        ],
    )
    def test_mobile(self, text: str, number: str) -> None:
        assert check_mobile(text) == number
        assert check_phone(text) == number

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1363934507",
            "136393450744",
            "12639345074",
            "10639345074",
            "23639345074",
            "手机",
            "1363934507a",
            "13639345074/13639345075",
            "٣٣٣٣٣٣٣٣٣٣٣",
            "0351-7654321",
        ],
    )
    def test_not_a_mobile(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"^手机号无效$"):
            check_mobile(text)

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("0351-7654321", "0351-7654321"),
            ("(0351) 7654321", "0351-7654321"),
            ("03517654321", "0351-7654321"),
            ("010-62345678", "010-62345678"),
            ("7654321", "7654321"),
            ("0351-7654321-801", "0351-7654321-801"),
            ("0351—7654321", "0351-7654321"),
            ("400-123-4567", "400-123-4567"),
        ],
    )
    def test_landline(self, text: str, number: str) -> None:
        assert check_landline(text) == number
        assert check_phone(text) == number

    @pytest.mark.parametrize("text", ["", "123", "0351-1234567", "0000-7654321", "12345678901"])
    def test_not_a_phone(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"^座机号无效$"):
            check_landline(text)
        with pytest.raises(ValueError, match=r"^电话号码无效$"):
            check_phone(text)


class TestMask:
    @pytest.mark.parametrize(
        ("number", "masked"),
        [
            ("140121199304308303", "1401**********8303"),
            ("91140100MAHQCAK4YC", "9114**********K4YC"),
            ("12345678", "********"),
            ("1", "*"),
            ("", ""),
        ],
    )
    def test_id_number(self, number: str, masked: str) -> None:
        assert mask_id_number(number) == masked

    @pytest.mark.parametrize(
        ("number", "masked"),
        [
            ("13639345074", "136****5074"),
            ("0351-7654321", "0351-***4321"),
            ("7654321", "***4321"),
            ("12345", "***45"),
            ("1", "*"),
            ("", ""),
        ],
    )
    def test_phone(self, number: str, masked: str) -> None:
        assert mask_phone(number) == masked

    @given(st.text(st.characters(codec="ascii"), max_size=30))
    def test_masks_always_hide_something_and_keep_the_length(self, number: str) -> None:
        for masked in (mask_id_number(number), mask_phone(number)):
            assert len(masked) == len(number)
            assert not number or "*" in masked
