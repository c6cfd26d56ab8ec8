import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from office.case_files import check_cases
from office.clock import examples

SHARED = Path(__file__).resolve().parents[3].parent / "shared/data/clock_examples.json"

CASE: dict[str, Any] = {
    "id": "enquiry",
    "says": "the Friday after the make-up Saturday",
    "calendar": {"holidays": ["2026-02-16"], "working_weekends": ["2026-02-14"]},
    "rule": {"kind": "working_days", "days": 2, "day_end": "17:30"},
    "events": [
        {"at": "2026-02-13T10:00+08:00", "kind": "received"},
        {"at": "2026-02-14T08:00+08:00", "kind": "paused", "reason": "用户外出"},
        {"at": "2026-02-14T09:00+08:00", "kind": "resumed"},
    ],
    "as_of": "2026-02-14T10:00+08:00",
    "expect": {
        "state": "running",
        "elapsed_minutes": 1380,
        "remaining_minutes": 1950,
        "breached": False,
        "due": "2026-02-17T18:30:00+08:00",
    },
}
RULES: list[tuple[dict[str, Any], int, str]] = [
    ({"kind": "elapsed", "hours": 24}, 60, "2026-02-14T11:00+08:00"),
    ({"kind": "elapsed", "hours": "24.5"}, 90, "2026-02-14T11:30+08:00"),
    (
        {"kind": "same_day", "cutoff": "18:00", "day_end": "24:00", "next_day_end": "12:00"},
        -540,
        "2026-02-14T00:00+08:00",
    ),
    ({"kind": "calendar_days", "days": 2, "day_end": "24:00"}, 2340, "2026-02-16T01:00+08:00"),
]


def changed(key: str, value: object) -> dict[str, Any]:
    changed_case = copy.deepcopy(CASE)
    place: Any = changed_case
    *way, last = key.split(".")
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is KeyError:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return changed_case


class TestWorkOut:
    def test_agrees(self) -> None:
        assert check_cases([CASE], examples.work_out).agrees

    @pytest.mark.parametrize(("rule", "remaining", "due"), RULES)
    def test_every_rule(self, rule: dict[str, Any], remaining: int, due: str) -> None:
        case = copy.deepcopy(CASE) | {"rule": rule}
        case["expect"] |= {"remaining_minutes": remaining, "due": due, "breached": remaining < 0}
        assert check_cases([case], examples.work_out).lines() == ["1 examples: 1 agree, 0 differ"]

    @pytest.mark.parametrize(
        ("key", "value", "reason"),
        [
            ("calendar", None, "用例.calendar 不是对象"),
            ("calendar.holidays", KeyError, "calendar 缺少 holidays"),
            ("calendar.holidays", ["2026-02-30"], "应为日期"),
            ("calendar.holidays", ["2026-02-14"], "既是假日又是调休上班日"),
            ("calendar.working_weekends", "2026-02-14", "应为列表"),
            ("calendar.weekend", "x", "不认识的项：weekend"),
            ("rule.kind", "never", "应为 elapsed、same_day、calendar_days、working_days 之一"),
            ("rule.days", "2", "应为非负整数"),
            ("rule.days", -2, "应为非负整数"),
            ("rule.days", 0, "工作日数须大于零"),
            ("rule.days", 999_999, "天数超出范围"),
            ("rule.day_end", "25:00", "没有这样的时刻"),
            ("rule.hours", 2, "不认识的项：hours"),
            ("events", [], "第一个事件须是受理"),
            ("events", {}, "应为列表"),
            ("events.0.kind", "paused", "第一个事件须是受理"),
            ("events.0.kind", "lost", "应为 received、"),
            ("events.0.at", "2026-02-13T10:00", "应为带时区的时刻"),
            ("events.0.at", "2026-02-13T10:00+99:00", "应为带时区的时刻"),
            ("events.0.at", "2026-02-15T10:00+08:00", "事件时间倒退"),
            ("events.1.kind", "resumed", "没有暂停"),
            ("events.2.kind", "paused", "未在计时"),
            ("as_of", "2026-02-13T09:59+08:00", "在查询时刻之前没有受理"),
            ("as_of", None, "应为带时区的时刻"),
            ("expect.state", "paused", '"state": "running"'),
            ("expect.breached", 0, '"breached": false'),
            ("expect.elapsed_minutes", "1380", '"elapsed_minutes": 1380'),
            ("expect.due", KeyError, '"due": "2026-02-17T18:30:00+08:00"'),
            ("expect.due", None, '"due": "2026-02-17T18:30:00+08:00"'),
        ],
    )
    def test_a_mismatch_tells_its_reason(self, key: str, value: object, reason: str) -> None:
        outcome = check_cases([changed(key, value)], examples.work_out)
        line, last = outcome.lines()
        assert line.startswith("enquiry: expected {")
        assert reason in line.partition(", got ")[2]
        assert last == "1 examples: 0 agree, 1 differ"


class TestCheckClock:
    def run(self, path: Path) -> tuple[int, list[str]]:
        out = io.StringIO()
        try:
            call_command("check_clock", str(path), stdout=out)
        except SystemExit as stop:
            return int(stop.code or 0), out.getvalue().splitlines()
        return 0, out.getvalue().splitlines()

    def test_exit_tells_agreement(self, tmp_path: Path) -> None:
        file = tmp_path / "cases.json"
        file.write_text(json.dumps([CASE]))
        assert self.run(file) == (0, ["1 examples: 1 agree, 0 differ"])
        file.write_text(json.dumps([CASE, changed("expect.elapsed_minutes", 1)]))
        code, lines = self.run(file)
        assert (code, lines[-1]) == (1, "2 examples: 1 agree, 1 differ")

    def test_the_published_cases(self) -> None:
        if not SHARED.exists():
            pytest.skip("the shared clock examples are not beside this checkout")
        assert self.run(SHARED) == (0, ["51 examples: 51 agree, 0 differ"])
