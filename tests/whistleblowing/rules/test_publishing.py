"""Rules are published for a day to come, with their source; earlier ones and promises stay."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from office.refusals import Invalid, NotAllowed, Refused
from tests.whistleblowing.island_records import NOON, a_report, an_officer, signed_in
from whistleblowing.clocks.promises import days_of, rule_in_force
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import ClockRule, RetentionRule, RoutingRule, StepKind, SystemEvent
from whistleblowing.months import MONTHS
from whistleblowing.routing.readers import ground_of
from whistleblowing.rules.operations import (
    publish_clock_rule,
    publish_retention_rule,
    publish_routing_rule,
)
from whistleblowing.words import Conclusion, Level, Rank

pytestmark = pytest.mark.django_db
STARTS = date(2026, 4, 1)
SOURCE = "反舞弊管理制度 2026-3"


@pytest.fixture
def head() -> Reader:
    return an_officer()


def _clock(by: Reader, at: datetime = NOON, **changes: Any) -> ClockRule:
    values: dict[str, Any] = {
        "kind": "working_days",
        "days": 5,
        "remind_days": 2,
        "starts": STARTS,
        "source": SOURCE,
        **changes,
    }
    return publish_clock_rule(StepKind.ACKNOWLEDGE, **values, by=by, at=at)


def test_a_new_time_limit_counts_from_its_day_on(head: Reader) -> None:
    report, _ = a_report()
    due = report.owed_steps.get(step="acknowledge").due_at
    rule = _clock(head)
    before = rule_in_force(StepKind.ACKNOWLEDGE, NOON)
    assert before.terms["days"] == 7
    assert rule_in_force(StepKind.ACKNOWLEDGE, NOON + timedelta(days=40)) == rule
    assert report.owed_steps.get(step="acknowledge").due_at == due
    later, _ = a_report("y" * 40, at=datetime(2026, 4, 1, 4, tzinfo=NOON.tzinfo))
    # Wednesday, and 4 to 6 April are the holiday of Qingming.
    assert later.owed_steps.get(step="acknowledge").rule == rule
    assert SystemEvent.objects.get(kind="rule_published").officer == head.officer


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 2, 1), date(2026, 5, 1)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 6, 15), date(2026, 9, 15)),
    ],
)
def test_months_are_reckoned_from_the_day(day: date, last: date) -> None:
    terms = days_of({"kind": MONTHS, "months": 3}, day)
    assert terms["kind"] == "calendar_days"
    assert day + timedelta(days=terms["days"]) == last


def test_a_limit_in_months_is_published(head: Reader) -> None:
    _clock(head, kind=MONTHS, days=2, remind_days=7)
    later, _ = a_report("y" * 40, at=datetime(2026, 4, 1, 4, tzinfo=NOON.tzinfo))
    due_at = later.owed_steps.get(step="acknowledge").due_at
    assert due_at == datetime.fromisoformat("2026-06-02T00:00:00+08:00")
    assert "2 个月" in signed_in(head).get("/audit/rules").content.decode()


def test_levels_and_retention_are_published_the_same_way(head: Reader) -> None:
    publish_routing_rule(Rank.STAFF, Level.GROUP, starts=STARTS, source=SOURCE, by=head, at=NOON)
    assert ground_of(date(2026, 3, 31)).levels[Rank.STAFF] is Level.COMPANY
    assert ground_of(STARTS).levels[Rank.STAFF] is Level.GROUP
    rule = publish_retention_rule(
        Conclusion.DECLINED, 12, starts=STARTS, source=SOURCE, by=head, at=NOON
    )
    assert (rule.months, rule.source) == (12, SOURCE)


def test_what_is_refused_publishes_nothing(head: Reader) -> None:
    counts = _counts()
    faults: list[tuple[dict[str, Any], str]] = [
        ({"starts": date(2026, 3, 3)}, "晚于今天"),
        ({"starts": date(2032, 1, 1)}, "核对年份"),
        ({"source": " "}, "依据"),
        ({"days": 0}, "大于零"),
        ({"days": 131, "kind": "calendar_months"}, "十年"),
        ({"days": 1, "kind": "calendar_months", "remind_days": 28}, "早于到期"),
        ({"remind_days": 5}, "早于到期"),
        ({"kind": "minutes"}, "大于零"),
    ]
    for change, sentence in faults:
        with pytest.raises(Invalid, match=sentence):
            _clock(head, **change)
    with pytest.raises(NotAllowed):
        _clock(an_officer("王二", by=head))
    with pytest.raises(Refused, match="董事会"):
        publish_routing_rule(
            Rank.GROUP_LEADER, Level.GROUP, starts=STARTS, source=SOURCE, by=head, at=NOON
        )
    with pytest.raises(Invalid, match="1 到 600"):
        publish_retention_rule(Conclusion.OPENED, 0, starts=STARTS, source=SOURCE, by=head, at=NOON)
    _clock(head)
    with pytest.raises(Refused, match="另选日期"):
        _clock(head)
    assert _counts() == [counts[0] + 1, *counts[1:]]


def _counts() -> list[int]:
    return [
        ClockRule.objects.count(),
        RoutingRule.objects.count(),
        RetentionRule.objects.count(),
    ]


def test_the_page_shows_and_publishes(head: Reader) -> None:
    desk = signed_in(head)
    # The tests' clock stands at the end of November.
    words = {"action": "publish_clock_rule", "step": "acknowledge", "days": "5"}
    words |= {"kind": "working_days", "remind_days": "2", "starts": "2027-01-01", "source": SOURCE}
    assert desk.post("/audit/rules", {**words, "starts": "2026-11-30"}).status_code == 422
    assert desk.post("/audit/rules", words).status_code == 302
    page = desk.get("/audit/rules").content.decode()
    assert SOURCE in page
    assert "5 个工作日" in page
    level = {"action": "publish_routing_rule", "rank": "staff", "level": "2"}
    dated = {"starts": "2027-01-01", "source": SOURCE}
    assert desk.post("/audit/rules", {**level, **dated}).status_code == 302
    retention_rule = {"action": "publish_retention_rule", "conclusion": "declined", "months": "12"}
    assert desk.post("/audit/rules", {**retention_rule, **dated}).status_code == 302
    assert RetentionRule.objects.filter(months=12).count() == 1
