"""`check_stories` plays stories through the operations, says what differs and leaves nothing."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from billing.models import Bill, Transfer
from billing.stories.comparing import check_story
from customers.models import Account
from office.models import Company, JournalEntry, User
from tests.billing.stories.story_cases import a_story, books, figures

pytestmark = pytest.mark.django_db
BILL = {"on": "2025-11-05", "do": "bill", "season": "2025-2026"}
PAY = {"on": "2025-12-20", "do": "pay", "account": "A", "amount": "2500.00"}
CREDIT = {
    "on": "2026-02-02",
    "do": "credit",
    "account": "A",
    "season": "2025-2026",
    "amount": "300.00",
}
PRICE = {
    "on": "2026-01-10",
    "do": "price_change",
    "category": "居民住宅",
    "amount": "4.50",
    "effective": "2025-11-01",
    "season": "2025-2026",
    "apportion": "whole_season",
    "due_on": "2026-02-28",
}
# 2,000.00 billed, 2,500.00 paid, 250.00 more by the price, 300.00 credited.
WHOLE = a_story(
    *(CREDIT, PRICE, PAY, BILL),
    expect=[
        figures("2025-11-05", {"2025-2026": "2000.00"}, "0.00"),
        figures("2025-12-20", {}, "500.00"),
        figures("2026-01-10", {}, "250.00"),
        figures("2026-02-02", {}, "550.00"),
    ],
    books=books("0.00", "550.00", "1950.00"),
)
# 30 % of 2,000.00; resumed, the rest comes out of the advance, and 200.00 of that are paid back.
STOPPED = a_story(
    {"on": "2025-10-10", "do": "stop_heat", "account": "A", "season": "2025-2026"},
    *(BILL, PAY),
    {
        "on": "2026-01-08",
        "do": "resume_heat",
        "account": "A",
        "season": "2025-2026",
        "due_on": "2026-01-31",
    },
    {"on": "2026-02-02", "do": "refund", "account": "A", "amount": "200.00"},
    expect=[
        figures("2025-11-05", {"2025-2026": "600.00"}, "0.00"),
        figures("2025-12-20", {}, "1900.00"),
        figures("2026-01-08", {}, "500.00"),
        figures("2026-02-02", {}, "300.00"),
    ],
    books=books("0.00", "300.00", "2000.00"),
)
# 100 m² for 39 of 151 days, then 50 m²: once known before the bill, once after it.
REMEASURED = a_story(
    {
        "on": "2025-10-20",
        "do": "area_change",
        "account": "A",
        "from": "2025-12-10",
        "areas": {"building": "50.00"},
    },
    BILL,
    {
        "on": "2026-01-20",
        "do": "area_change",
        "account": "A",
        "from": "2026-01-20",
        "areas": {"building": "100.00"},
    },
    expect=[
        # 516.56 and 741.72.
        figures("2025-11-05", {"2025-2026": "1258.28"}, "0.00"),
        # 516.56, 50 m² for 41 days 271.52, 100 m² for 71 days 940.40.
        figures("2026-01-20", {"2025-2026": "1728.48"}, "0.00"),
    ],
    books=books("1728.48", "0.00", "1728.48"),
)
# Three days of 2,000.00 × 0.1 % are paid before the principal.
LATE = a_story(
    *(BILL, {"on": "2026-01-04", "do": "pay", "account": "A", "amount": "1006.00"}),
    late_fee={
        "windows": [{"from": "2020-01-01", "per_day": "0.001"}],
        "base": "outstanding",
        "cap": "principal",
    },
    order="late_fee_first",
    expect=[
        figures("2026-01-03", {"2025-2026": "2000.00"}, "0.00", late_fee={"2025-2026": "4.00"}),
        figures("2026-01-04", {"2025-2026": "1000.00"}, "0.00"),
        figures("2026-01-05", {"2025-2026": "1000.00"}, "0.00", late_fee={"2025-2026": "1.00"}),
    ],
    books=books("1000.00", "0.00", "2000.00", "6.00"),
)


def rows() -> list[int]:
    models = (Company, User, Account, Bill, Transfer, JournalEntry)
    return [model.objects.count() for model in models]


def run(path: Path) -> tuple[list[str], int]:
    """Returns what the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command("check_stories", str(path), stdout=out)
    except SystemExit as end:
        return out.getvalue().splitlines(), int(str(end.code))
    return out.getvalue().splitlines(), 0


class TestCheckStories:
    def test_stories_that_agree_end_with_0_and_leave_nothing(self, tmp_path: Path) -> None:
        before = rows()
        path = tmp_path / "stories.json"
        path.write_text(json.dumps([WHOLE, LATE]), encoding="utf-8")
        assert run(path) == (["2 stories: 2 agree, 0 differ"], 0)
        assert rows() == before

    def test_each_figure_that_differs_is_a_line(self, tmp_path: Path) -> None:
        wrong = WHOLE | {
            "id": "wrong",
            "expect": [figures("2025-12-20", {"2025-2026": "1.00"}, "500.00")],
            "books": books("0.00", "0.00", "1950.00"),
        }
        path = tmp_path / "stories.json"
        path.write_text(json.dumps([LATE, wrong]), encoding="utf-8")
        assert run(path) == (
            [
                "wrong 2025-12-20 A principal: expected 2025-2026 1.00, got nothing",
                "wrong 2026-12-01 books advance: expected 0.00, got 550.00",
                "2 stories: 1 agree, 1 differ",
            ],
            1,
        )

    @pytest.mark.parametrize("story", [STOPPED, REMEASURED], ids=["stopped", "remeasured"])
    def test_stops_refunds_and_new_areas_are_played(self, story: dict[str, Any]) -> None:
        assert check_story(story, 1) == []

    def test_an_operation_that_refuses_is_a_mismatch_with_its_sentence(self) -> None:
        story = WHOLE | {"events": [BILL, CREDIT | {"amount": "2000.01"}], "expect": []}
        (mismatch,) = check_story(story, 1)
        assert mismatch.line() == (
            "a-story 2026-02-02 credit: expected played, got "
            "“居民住宅”已出账净额 2,000.00 元，最多只能冲减这么多。"
        )

    @pytest.mark.parametrize(
        ("story", "reason"),
        [
            (None, "用例 不是对象"),
            ({}, "用例 缺少 rules"),
            (WHOLE | {"surprise": 1}, "用例 有不认识的项：surprise"),
            (WHOLE | {"events": [{**BILL, "do": "sing"}]}, "应为 bill、pay"),
            (WHOLE | {"events": [{**PAY, "account": "B"}]}, "没有户“B”"),
            (WHOLE | {"events": [{**PAY, "amount": "1.001"}]}, "应为金额文字"),
        ],
    )
    def test_a_malformed_story_is_a_mismatch(self, story: Any, reason: str) -> None:
        before = rows()
        (mismatch,) = check_story(story, 7)
        assert (mismatch.place, mismatch.figure, mismatch.expected) == (7, "story", "played")
        assert reason in mismatch.got
        assert rows() == before

    @pytest.mark.parametrize("text", ["{", "{}", "7"])
    def test_a_file_that_is_no_list_is_a_mismatch(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "stories.json"
        path.write_text(text, encoding="utf-8")
        lines, code = run(path)
        assert (lines[-1], code) == ("1 stories: 0 agree, 1 differ", 1)
