"""An interview lies between the day on which the report came and today."""

from datetime import date, timedelta

import pytest

from office.refusals import Invalid, NotFound
from tests.whistleblowing.island_records import NOON, a_report, an_officer
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.keys.report_keys import Reader, key_ring
from whistleblowing.models import Report
from whistleblowing.process.operations import Interview, add_note, record_interview

pytestmark = pytest.mark.django_db
RECEIVED = date(2026, 3, 3)
LATER = NOON + timedelta(days=10)


@pytest.fixture
def head() -> Reader:
    return an_officer()


def _interview(report: Report, day: date, head: Reader) -> None:
    interview = Interview("仓管员丙", day, "两名审计员", "承认补单")
    record_interview(report, interview, by=head, at=LATER)


def test_the_first_and_the_last_possible_day_are_taken(head: Reader) -> None:
    report, _ = a_report()
    for day in (RECEIVED, date(2026, 3, 13)):
        _interview(report, day, head)
    texts = [entry.content["text"] for entry in opened_entries(key_ring(report, head))[1:]]
    assert texts == [
        "2026-03-03 仓管员丙（在场：两名审计员）\n承认补单",
        "2026-03-13 仓管员丙（在场：两名审计员）\n承认补单",
    ]


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(1926, 3, 12), date(2026, 3, 14)])
def test_a_day_before_the_report_or_after_today_is_refused(head: Reader, day: date) -> None:
    report, _ = a_report()
    with pytest.raises(Invalid, match="谈话日期"):
        _interview(report, day, head)
    assert report.entries.count() == 1


def test_a_report_that_was_destroyed_meanwhile_is_not_there(head: Reader) -> None:
    with pytest.raises(NotFound):
        add_note(Report(), "x", by=head, at=NOON)
