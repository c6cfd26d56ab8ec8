import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from office.case_files import Answer, Fields, Outcome, agree, check_cases, check_file


def double(case: Fields) -> Answer:
    """A rule of this test: twice an amount of yuan."""
    inputs = case.inner("given")
    fen = inputs.fen("amount")
    inputs.finish()
    return {"amount": Decimal(fen * 2).scaleb(-2)}


def case(name: object = "a", amount: object = "1.00", expect: object = "2.00") -> dict[str, object]:
    return {"id": name, "given": {"amount": amount}, "expect": {"amount": expect}}


NOT_MONEY = "用例.given.amount 应为金额文字，至多两位小数，不是 1"


def only_line(cases: object) -> str:
    outcome = check_cases(cases, double)
    assert not outcome.agrees
    line, last = outcome.lines()
    assert last == "1 examples: 0 agree, 1 differ"
    return line


class TestCheckCases:
    def test_all_agree(self) -> None:
        outcome = check_cases([case("a"), case("b", "2.50", "5.00")], double)
        assert outcome.agrees
        assert outcome.lines() == ["2 examples: 2 agree, 0 differ"]

    def test_one_line_per_mismatch(self) -> None:
        outcome = check_cases([case("a"), case("b", expect="2.01"), case("c", amount=1)], double)
        assert outcome.lines() == [
            'b: expected {"amount": "2.01"}, got {"amount": "2.00"}',
            'c: expected {"amount": "2.00"}, got 无法计算：' + NOT_MONEY,
            "3 examples: 1 agree, 2 differ",
        ]

    def test_nothing_to_check_is_said(self) -> None:
        assert check_cases([], double).lines() == ["0 examples: 0 agree, 0 differ"]

    @pytest.mark.parametrize(
        ("cases", "line"),
        [
            ({}, "cases: expected a JSON list, got {}"),
            (None, "cases: expected a JSON list, got null"),
            ("text", 'cases: expected a JSON list, got "text"'),
            ([None], "#1: expected ?, got 无法计算：用例 不是对象"),
            ([[]], "#1: expected ?, got 无法计算：用例 不是对象"),
            ([{}], "#1: expected null, got 无法计算：用例 缺少 id"),
            ([{"id": 7}], "#1: expected null, got 无法计算：用例.id 应为文字，不是 7"),
            ([{"id": " "}], '#1: expected null, got 无法计算：用例.id 应为文字，不是 " "'),
            ([{"id": "a"}], "a: expected null, got 无法计算：用例 缺少 expect"),
            (
                [{"id": "a", "expect": []}],
                "a: expected [], got 无法计算：expect 不是对象或为空",
            ),
            (
                [{"id": "a", "expect": {}}],
                "a: expected {}, got 无法计算：expect 不是对象或为空",
            ),
            (
                [{"id": "a", "expect": {"x": 1}}],
                'a: expected {"x": 1}, got 无法计算：用例 缺少 given',
            ),
            (
                [{"id": "a", "expect": {"x": 1}, "given": []}],
                'a: expected {"x": 1}, got 无法计算：用例.given 不是对象',
            ),
        ],
    )
    def test_malformed_is_a_mismatch_with_its_reason(self, cases: object, line: str) -> None:
        assert only_line(cases) == line

    def test_strangers_are_not_ignored(self) -> None:
        odd = case()
        odd["given"] = {"amount": "1.00", "amuont": "3.00"}
        assert "given 有不认识的项：amuont" in only_line([odd])
        assert "用例 有不认识的项：weather" in only_line([case() | {"weather": "cold"}])

    def test_remarks_are_welcome(self) -> None:
        remarked = case() | {"says": "twice", "note": None}
        assert check_cases([remarked], double).agrees

    def test_expecting_more_or_less_than_is_found_differs(self) -> None:
        more = case() | {"expect": {"amount": "2.00", "tax": "0.00"}}
        assert only_line([more]).startswith("a: expected")

    def test_a_crash_inside_a_rule_is_a_mismatch(self) -> None:
        def broken(case: Fields) -> Answer:
            raise KeyError("no such thing")

        outcome = check_cases([case()], broken)
        assert "无法计算：KeyError 'no such thing'" in outcome.lines()[0]

    def test_a_mismatch_is_one_printable_line(self) -> None:
        for name in ("a\nb", "a\x1b[2J", "\ud800", "a\u2028b"):
            line = only_line([case(name, expect="9.00")])
            assert line.isprintable()
            line.encode("utf-8")

    def test_endless_expectations_are_cut(self) -> None:
        assert len(only_line([case(expect="9" * 10_000)])) < 1000


class TestCheckFile:
    def check(self, path: Path, content: bytes) -> Outcome:
        file = path / "cases.json"
        file.write_bytes(content)
        return check_file(str(file), double)

    def test_reads_with_and_without_a_mark(self, tmp_path: Path) -> None:
        text = json.dumps([case()]).encode()
        assert self.check(tmp_path, text).agrees
        assert self.check(tmp_path, b"\xef\xbb\xbf" + text).agrees

    @pytest.mark.parametrize(
        "content",
        [b"", b"[", b"[1,]", b"\xff\xfe", "[“”]".encode(), b"[" * 100_000, b"9" * 10_000, b"\x00"],
    )
    def test_unreadable_is_a_mismatch(self, tmp_path: Path, content: bytes) -> None:
        outcome = self.check(tmp_path, content)
        assert not outcome.agrees
        assert "无法读取" in outcome.lines()[0]
        assert outcome.lines()[-1] == "1 examples: 0 agree, 1 differ"

    def test_a_missing_file_is_a_mismatch(self, tmp_path: Path) -> None:
        for path in (tmp_path / "none.json", tmp_path):
            outcome = check_file(str(path), double)
            assert "无法读取" in outcome.lines()[0]
            assert not outcome.agrees

    @pytest.mark.parametrize("amount", [b"NaN", b"Infinity", b"1e999999999", b"-1", b"1.00"])
    def test_odd_numbers_are_mismatches(self, tmp_path: Path, amount: bytes) -> None:
        content = b'[{"id": "a", "given": {"amount": %b}, "expect": {"amount": "2.00"}}]' % amount
        assert "given.amount 应为金额文字" in self.check(tmp_path, content).lines()[0]


class TestFields:
    FIELDS = Fields(
        {
            "text": "x",
            "flag": False,
            "zero": 0,
            "half": Decimal("0.5"),
            "long": "1234567890.123456789012345678901234",
            "minus": "-1.5",
            "day": "2024-02-29",
            "at": "2026-01-12T09:00+08:00",
            "none": None,
            "huge": 10**40,
            "list": [{}, 1],
            "days": ["2026-01-01", "2026-01-01"],
        },
        "here",
    )

    def test_reads_each_sort(self) -> None:
        assert self.FIELDS.quantity("half") == Decimal("0.5")
        assert self.FIELDS.quantity("zero") == 0
        assert str(self.FIELDS.quantity("long")) == "1234567890.123456789012345678901234"
        assert self.FIELDS.quantity("minus", signed=True) == Decimal("-1.5")
        assert self.FIELDS.fen("minus", signed=True) == -150
        assert self.FIELDS.day("day").isoformat() == "2024-02-29"
        assert self.FIELDS.instant("at") == datetime(2026, 1, 12, 1, tzinfo=UTC)
        assert self.FIELDS.flag("flag") is False
        assert self.FIELDS.count("zero") == 0
        assert len(self.FIELDS.days("days")) == 1

    def test_null_is_as_good_as_absent(self) -> None:
        assert not self.FIELDS.has("none")
        assert not self.FIELDS.has("nothing")
        assert self.FIELDS.has("flag")

    @pytest.mark.parametrize(
        ("read", "key"),
        [
            ("text", "zero"),
            ("text", "none"),
            ("text", "nothing"),
            ("flag", "zero"),
            ("flag", "text"),
            ("count", "flag"),
            ("count", "half"),
            ("count", "huge"),
            ("quantity", "flag"),
            ("quantity", "text"),
            ("quantity", "minus"),
            ("quantity", "huge"),
            ("quantity", "none"),
            ("price", "half"),
            ("price", "zero"),
            ("price", "minus"),
            ("fen", "zero"),
            ("fen", "minus"),
            ("fen", "long"),
            ("day", "at"),
            ("day", "zero"),
            ("instant", "day"),
            ("instant", "zero"),
            ("inner", "text"),
            ("each", "text"),
            ("each", "list"),
            ("days", "list"),
        ],
    )
    def test_refuses_and_names_the_place(self, read: str, key: str) -> None:
        with pytest.raises(ValueError, match=f"^here.*{key}"):
            getattr(self.FIELDS, read)(key)

    @pytest.mark.parametrize("day", ["2023-02-29", "20250101", "2025-1-1", "2025-W01-1", ""])
    def test_days_are_real_and_written_in_full(self, day: str) -> None:
        with pytest.raises(ValueError, match="应为日期"):
            Fields({"day": day}, "here").day("day")


class TestAgree:
    @pytest.mark.parametrize(
        ("expected", "got"),
        [
            ("2.00", Decimal("2.00")),
            ("2", Decimal("2.00")),
            ("-0.00", Decimal("0.00")),
            (1, 1),
            (None, None),
            (True, True),
            ("2026-01-12T01:00:00Z", datetime(2026, 1, 12, 1, tzinfo=UTC)),
            ("2026-01-12T09:00+08:00", datetime(2026, 1, 12, 1, tzinfo=UTC)),
            ([{"a": "1"}], [{"a": Decimal(1)}]),
            ("running", "running"),
        ],
    )
    def test_same(self, expected: object, got: object) -> None:
        assert agree(expected, got)

    @pytest.mark.parametrize(
        ("expected", "got"),
        [
            ("2.001", Decimal("2.00")),
            ("", Decimal("0.00")),
            (2, Decimal("2.00")),
            ("NaN", Decimal("2.00")),
            (True, 1),
            (1, True),
            (1.0, 1),
            ("1", 1),
            (None, False),
            (0, False),
            ("null", None),
            ("2026-01-12T09:00", datetime(2026, 1, 12, 1, tzinfo=UTC)),
            (None, datetime(2026, 1, 12, 1, tzinfo=UTC)),
            ([{"a": "1"}, {}], [{"a": Decimal(1)}]),
            ({"a": "1", "b": 1}, {"a": Decimal(1)}),
            ([], {}),
        ],
    )
    def test_not_same(self, expected: object, got: object) -> None:
        assert not agree(expected, got)
