import copy
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from billing.rules import examples
from office.case_files import check_cases

SHARED = Path(__file__).resolve().parents[4] / "shared/data/worked_examples.json"

SEASON = {
    "starts": "2025-11-01",
    "ends": "2026-03-31",
    "ends_inclusive": True,
    "billable_months": 5,
}
PRICE = {"unit": "m2_month", "amount": "3.60", "area_basis": "building"}
AREAS = {"building": "90.00", "usable": "67.50"}
CASES: dict[str, dict[str, Any]] = {
    "season_charge": {
        "given": {"season": SEASON, "price": PRICE, "areas": AREAS},
        "expect": {"amount": "1620.00"},
    },
    "stop_heat": {
        "given": {"full_charge": "1620.00", "ratio": "0.30", "resumed": True},
        "expect": {"amount": "1620.00", "top_up": "1134.00"},
    },
    "metered_settlement": {
        "given": {
            "fixed_price_per_m2": "7.50",
            "area": "100.00",
            "metered_price": {"unit": "GJ", "amount": "47.43"},
            "heat_used": {"unit": "GJ", "amount": "25"},
            "prepaid": "2500.00",
            "settlement": "both_ways",
        },
        "expect": {"charge": "1935.75", "settle": "-564.25"},
    },
    "late_fee": {
        "given": {
            "full_charge": "2500.00",
            "outstanding": [{"from": "2025-11-15", "amount": "2500.00"}],
            "due": "2025-12-31",
            "as_of": "2026-01-20",
            "base": "full_charge",
            "windows": [{"from": "2025-01-01", "per_day": "0.002"}],
            "cap": "80.00",
            "stops_on": "2026-01-16",
        },
        "expect": {"amount": "75.00"},
    },
    "cold_refund": {
        "given": {
            "fee": "2620.00",
            "season_days": 131,
            "base": "less_basic",
            "basic_share": "0.30",
            "bands": [{"at_least": "16", "below": "18", "refund": "0.20"}],
            "readings": [{"days": 10, "temperature": "17.0"}],
            "area_share": "0.5",
            "minimum_hours": 48,
            "hours": "240",
        },
        "expect": {"amount": "14.00"},
    },
    "price_change": {
        "given": {
            "season": SEASON,
            "price": PRICE,
            "areas": AREAS,
            "old": "5.00",
            "new": "4.20",
            "effective": "2025-11-01",
            "apportion": "whole_season",
        },
        "expect": {"supplementary": "-360.00", "original": "2250.00"},
    },
    "allocation": {
        "given": {
            "payment": "10.00",
            "receivables": [
                {"season": "2024-2025", "amount": "8.00"},
                {"season": "2023-2024", "amount": "5.00"},
            ],
        },
        "expect": {
            "allocations": [
                {"season": "2023-2024", "paid": "5.00", "owed": "0.00"},
                {"season": "2024-2025", "paid": "5.00", "owed": "3.00"},
            ],
            "advance": "0.00",
        },
    },
    "cash_rounding": {
        "given": {"due": "1799.03", "precision": "jiao"},
        "expect": {"cash": "1799.00", "adjustment": "-0.03"},
    },
    "vat": {
        "given": {"gross": "7500.00", "rate": "0.09"},
        "expect": {"net": "6880.73", "tax": "619.27"},
    },
}


def case(kind: str, **changes: Any) -> dict[str, Any]:
    changed_case = copy.deepcopy(CASES[kind]) | {"id": kind, "says": "", "kind": kind}
    changed_case["given"] |= changes
    return changed_case


def mismatch(faulty_case: object) -> str:
    outcome = check_cases([faulty_case], examples.work_out)
    assert len(outcome.lines()) == 2, "expected a mismatch"
    return outcome.lines()[0]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside, containers too."""
    if path:
        yield path
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from leaves(inner, (*path, key))


def changed(changed_case: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    changed_case = copy.deepcopy(changed_case)
    place: Any = changed_case
    for key in path[:-1]:
        place = place[key]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed_case


OPTIONAL = {
    ("given", "areas", "usable"),
    ("given", "cap"),
    ("given", "stops_on"),
    ("given", "area_share"),
    ("given", "minimum_hours"),
    ("given", "hours"),
    ("given", "bands", 0, "at_least"),
    ("given", "bands", 0, "below"),
}
ANY_TEMPERATURE = ("given", "bands", 0, "at_least")


class TestEveryKind:
    @pytest.mark.parametrize("kind", CASES)
    def test_agrees(self, kind: str) -> None:
        assert check_cases([case(kind)], examples.work_out).lines() == [
            "1 examples: 1 agree, 0 differ"
        ]

    def test_none_is_missing(self) -> None:
        assert set(CASES) == set(examples.KINDS)

    @pytest.mark.parametrize("kind", CASES)
    @pytest.mark.parametrize("value", [KeyError, None, [], {}, "", "abc", True, -1, 1e999, "-1"])
    def test_one_thing_wrong_is_a_mismatch_or_plainly_optional(
        self, kind: str, value: object
    ) -> None:
        whole = case(kind)
        for path in leaves(whole):
            outcome = check_cases([changed(whole, path, value)], examples.work_out)
            same = whole_of(whole, path) == value and type(whole_of(whole, path)) is type(value)
            harmless = path == ("says",) or same or (path == ("id",) and value in ("abc", "-1"))
            harmless |= path in OPTIONAL and value in (KeyError, None)
            harmless |= path == ANY_TEMPERATURE and value in (-1, "-1")
            removed_item = value is KeyError and isinstance(path[-1], int)
            assert harmless or removed_item or not outcome.agrees, path

    @pytest.mark.parametrize("kind", CASES)
    def test_strangers_are_mismatches(self, kind: str) -> None:
        whole = case(kind)
        inner = [path for path in leaves(whole) if isinstance(whole_of(whole, path), dict)]
        for path in [(), *inner]:
            if path[-1:] == ("areas",):
                continue
            odd = changed(whole, (*path, "stranger"), "1")
            assert not check_cases([odd], examples.work_out).agrees, path


def whole_of(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


class TestReasons:
    @pytest.mark.parametrize(
        ("kind", "changes", "reason"),
        [
            ("season_charge", {"areas": {"usable": "1"}}, "缺少计价所用的面积：building"),
            ("season_charge", {"areas": {"building": "-1"}}, "areas.building 不能为负"),
            ("season_charge", {"areas": {"building": "9" * 31}}, "areas.building 应为数字"),
            ("season_charge", {"season": SEASON | {"billable_months": None}}, "须写明计费月数"),
            ("season_charge", {"season": SEASON | {"ends": "2025-10-31"}}, "止日早于起日"),
            ("season_charge", {"season": SEASON | {"ends": "2026-02-29"}}, "应为日期"),
            ("season_charge", {"season": SEASON | {"ends_inclusive": 1}}, "应为 true 或 false"),
            ("season_charge", {"price": PRICE | {"unit": "m2_year"}}, "计价单位不认识：m2_year"),
            ("season_charge", {"price": PRICE | {"amount": 3}}, "price.amount 应为数字"),
            ("season_charge", {"over_height": {"height": "4.1"}}, "over_height 缺少 base"),
            ("season_charge", {"over_hight": {}}, "不认识的项：over_hight"),
            ("stop_heat", {"ratio": "1.5"}, "比例须在 0 与 1 之间"),
            ("stop_heat", {"full_charge": "1.005"}, "至多两位小数"),
            ("metered_settlement", {"heat_used": {"unit": "kWh", "amount": "1"}}, "单位 kWh 不同"),
            ("metered_settlement", {"settlement": "none"}, "应为 both_ways、refund_only 之一"),
            ("late_fee", {"base": "half"}, "违约金基数不认识：half"),
            ("late_fee", {"outstanding": [{"from": "2025-11-15"}]}, "outstanding[0] 缺少 amount"),
            ("late_fee", {"cap": "-1.00"}, "cap 不能为负"),
            ("late_fee", {"due": "9999-12-31", "as_of": "9999-12-31"}, '"75.00"'),
            ("cold_refund", {"season_days": 0}, "采暖季天数须大于零"),
            ("cold_refund", {"season_days": "131"}, "season_days 应为非负整数"),
            ("cold_refund", {"hours": None}, "须写明低温小时数"),
            ("cold_refund", {"bands": [{"below": "18"}]}, "bands[0] 缺少 refund"),
            ("price_change", {"apportion": "by_months"}, "应为 whole_season、by_days 之一"),
            ("allocation", {"payment": "-1.00"}, "payment 不能为负"),
            ("allocation", {"receivables": [{"season": "x", "amount": "1"}]}, "没有年份：x"),
            ("cash_rounding", {"precision": "li"}, "应为 yuan、jiao、fen 之一"),
            ("vat", {"rate": "9"}, "税率须在 0 与 1 之间"),
            ("vat", {"rate": "-0.09"}, "rate 不能为负"),
        ],
    )
    def test_each_is_told(self, kind: str, changes: dict[str, Any], reason: str) -> None:
        line = mismatch(case(kind, **changes))
        assert line.startswith(f"{kind}: expected {{")
        assert reason in line

    @pytest.mark.parametrize("kind", ["", "gift", None, 7, ["vat"]])
    def test_an_unknown_kind(self, kind: object) -> None:
        assert "用例.kind" in mismatch(case("vat") | {"kind": kind})


class TestCheckExamples:
    def run(self, path: Path) -> tuple[int, list[str]]:
        out = io.StringIO()
        try:
            call_command("check_examples", str(path), stdout=out)
        except SystemExit as stop:
            return int(stop.code or 0), out.getvalue().splitlines()
        return 0, out.getvalue().splitlines()

    def test_agreement_is_exit_0(self, tmp_path: Path) -> None:
        file = tmp_path / "cases.json"
        file.write_text(json.dumps([case(kind) for kind in CASES]))
        assert self.run(file) == (0, ["9 examples: 9 agree, 0 differ"])

    def test_a_mismatch_is_exit_1(self, tmp_path: Path) -> None:
        file = tmp_path / "cases.json"
        wrong = case("vat") | {"expect": {"net": "6880.74", "tax": "619.26"}}
        file.write_text(json.dumps([case("stop_heat"), wrong]))
        assert self.run(file) == (
            1,
            [
                (
                    'vat: expected {"net": "6880.74", "tax": "619.26"}, '
                    'got {"net": "6880.73", "tax": "619.27"}'
                ),
                "2 examples: 1 agree, 1 differ",
            ],
        )

    def test_no_file_is_exit_1(self, tmp_path: Path) -> None:
        code, lines = self.run(tmp_path / "none.json")
        assert (code, lines[-1]) == (1, "1 examples: 0 agree, 1 differ")

    def test_the_published_cases(self) -> None:
        if not SHARED.exists():
            pytest.skip("the shared worked examples are not beside this checkout")
        assert self.run(SHARED) == (0, ["25 examples: 25 agree, 0 differ"])
