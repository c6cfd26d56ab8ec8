"""Our numbers in what people write beside a transfer."""

import pytest

from billing.statements.remarks import number_candidates, numbers_named

OURS = frozenset({"1110892", "1112931", "0892", "13800", "GR-2016-00001", "00001"})


@pytest.mark.parametrize(
    ("remark", "named"),
    [
        ("1110892暖气费", ["1110892"]),
        ("代缴1110892", ["1110892"]),
        ("取暖费 户号1110892", ["1110892"]),
        ("户号：1110892号", ["1110892"]),
        ("NO.1110892", ["1110892"]),
        ("NO1110892", ["1110892"]),
        ("供热费 111 0892", ["1110892"]),
        ("供热费 1 110 892", ["1110892"]),
        ("１１１２９３１ 采暖费", ["1112931"]),
        ("1110892 2025年度", ["1110892"]),
        ("1110892、1112931", ["1110892", "1112931"]),
        ("1110892/1112931", ["1110892", "1112931"]),
        ("1110892 1112931", ["1110892", "1112931"]),
        ("合同gr-2016-00001", ["GR-2016-00001"]),
        ("电话13800111089", []),
        ("11108921", []),
        ("91110892", []),
        ("2025年暖气费", []),
        ("0892", []),
        ("往年热费", []),
        ("", []),
    ],
)
def test_finds_the_numbers_that_a_remark_names(remark: str, named: list[str]) -> None:
    assert sorted(numbers_named(number_candidates(remark), OURS)) == sorted(named)
