import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from office.case_files import check_cases
from suppliers.rating import examples

SHARED = Path(__file__).resolve().parents[4] / "shared/data/rating_examples.json"

# By hand: quality (90+100)/(100+100) = 95 %, mixed with the panel's (88+91)/2 = 89.5 at one half
# to 92.25; contract 3/4 = 75; delivery 1/2 = 50; after-sales 1/2 = 50; price 900/1000 = 90.
# Total (40 × 92.25 + 20 × 75 + 20 × 50 + 10 × 50 + 10 × 90) / 100 = 75.90.
CASE: dict[str, Any] = {
    "id": "by-hand",
    "says": "every dimension has data, half of quality is the panel's",
    "rule": {
        "weights": {
            "quality": "40",
            "contract": "20",
            "delivery": "20",
            "after_sales": "10",
            "price": "10",
        },
        "panel_share": {"quality": "50"},
        "without_data": {},
        "grace_days": 1,
        "bounds": {"qualified": "60", "excellent": "75.90"},
        "excellent_needs": {"quality": "92.25"},
    },
    "record": {
        "deliveries": [
            {"promised": "2026-03-01", "actual": "2026-03-02", "received": "100", "accepted": "90"},
            {
                "promised": "2026-03-01",
                "actual": "2026-03-03",
                "received": "100",
                "accepted": "100",
            },
        ],
        "orders": 4,
        "orders_breached": 1,
        "cases": [
            {"due": "2026-05-04", "closed": "2026-05-04"},
            {"due": "2026-05-04", "closed": None},
        ],
        "prices": [{"item": "钢管", "quantity": "10", "paid": "100.00", "lowest": "90.00"}],
        "panel": {"quality": [88, 91]},
    },
    "expect": {
        "scores": {
            "quality": "92.25",
            "contract": "75.00",
            "delivery": "50.00",
            "after_sales": "50.00",
            "price": "90.00",
        },
        "total": "75.90",
        "class": "excellent",
    },
}


def changed(key: str, value: object) -> dict[str, Any]:
    case = copy.deepcopy(CASE)
    place: Any = case
    *way, last = key.split(".")
    for step in way:
        place = place[step]
    place[last] = value
    return case


def lines(case: object) -> list[str]:
    return check_cases([case], examples.work_out).lines()


def test_a_case_worked_out_by_hand_agrees() -> None:
    assert lines(CASE) == ["1 examples: 1 agree, 0 differ"]


@pytest.mark.parametrize(
    ("key", "value", "total", "rating_class"),
    [
        ("rule.bounds.excellent", "75.91", "75.90", "qualified"),
        ("rule.excellent_needs.quality", "92.26", "75.90", "qualified"),
        ("rule.bounds", {"qualified": "75.91", "excellent": "90"}, "75.90", "unqualified"),
    ],
)
def test_both_bounds_are_inclusive(key: str, value: object, total: str, rating_class: str) -> None:
    case = changed(key, value)
    case["expect"] |= {"total": total, "class": rating_class}
    assert lines(case) == ["1 examples: 1 agree, 0 differ"]


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("rule.weights.price", "11", "五项权重之和须为100，现为101"),
        ("rule.weights.speed", "0", "没有这个评价维度：speed"),
        ("rule.weights.quality", "-40", "用例.rule.weights.quality 不能为负"),
        ("rule.panel_share.quality", "101", "权重、评审占比和分数线须在0到100之间"),
        ("rule.bounds.qualified", "76", "优秀线不能低于合格线"),
        ("rule.without_data.price", "skip", "应为 not_rated、spread 之一"),
        ("rule.formula", "quality * 2", "用例.rule 有不认识的项：formula"),
        ("record.orders_breached", 5, "违约订单 5 多于订单 4"),
        ("record.panel.quality", [101], "评审分数须在0到100之间：quality"),
        ("record.deliveries", [{"promised": "2026-03-01"}], "缺少 received"),
        ("record.deliveries", None, "应为列表"),
    ],
)
def test_a_malformed_case_is_a_mismatch_with_its_reason(
    key: str, value: object, reason: str
) -> None:
    line, last = lines(changed(key, value))
    assert line.startswith("by-hand: expected ")
    assert reason in line
    assert last == "1 examples: 0 agree, 1 differ"


def test_more_accepted_than_received_is_refused() -> None:
    delivery = {
        "promised": "2026-03-01",
        "actual": "2026-03-01",
        "received": "1",
        "accepted": "2",
    }
    assert "验收合格 2 多于到货 1" in lines(changed("record.deliveries", [delivery]))[0]


def test_the_command_prints_each_mismatch_and_exits_with_1(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([CASE, changed("expect.total", "75.91")]), encoding="utf-8")
    output = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("check_ratings", str(file), stdout=output)
    assert stopped.value.code == 1
    line, last = output.getvalue().splitlines()
    assert '"total": "75.91"' in line
    assert '"total": "75.90"' in line
    assert last == "2 examples: 1 agree, 1 differ"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared worked examples are not beside us")
def test_the_shared_examples_agree() -> None:
    output = io.StringIO()
    call_command("check_ratings", str(SHARED), stdout=output)
    assert output.getvalue() == "16 examples: 16 agree, 0 differ\n"
