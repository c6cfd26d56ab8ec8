"""Check 5: reminded, escalated to somebody not involved; declined with a reason; never closed
without feedback."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from office.refusals import Invalid, Refused
from tests.office.guards import body_of_guard
from tests.whistleblowing.island_records import NOON, a_report, an_officer, reporter, signed_in
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.clocks.notices import remind_and_escalate
from whistleblowing.clocks.promises import may_object_until, owed_steps
from whistleblowing.keys.report_keys import key_ring
from whistleblowing.models import CaseEntry, Notice, OwedStep, Report
from whistleblowing.officers.operations import Duties, dismiss_officer
from whistleblowing.process.operations import (
    Words,
    object_to_result,
    take_step,
    write_as_reporter,
    write_to_reporter,
)
from whistleblowing.states import REPORT

pytestmark = pytest.mark.django_db
BOTH = Words("依据", "您好，理由如下")


def _days(days: float) -> datetime:
    return NOON + timedelta(days=days)


def test_what_is_owed_is_the_same_for_every_report() -> None:
    an_officer()
    report, _ = a_report()
    due = {step.step: step.due_at for step in owed_steps(report)}
    assert due == {
        # 3 March noon in Shanghai and seven days: the end of the 10th there.
        "acknowledge": datetime.fromisoformat("2026-03-11T00:00:00+08:00"),
        # Fifteen working days end with Tuesday the 24th.
        "accept": datetime.fromisoformat("2026-03-25T00:00:00+08:00"),
        "feedback": datetime.fromisoformat("2026-06-04T00:00:00+08:00"),
    }


def test_pages_name_the_last_day_in_time() -> None:
    head = an_officer()
    report, receipt = a_report()
    desk, client = signed_in(head), Client()
    assert "2026-03-10</td>" in desk.get("/audit/").text
    assert "2026-03-10 " in desk.get(f"/audit/case/{report.pk}").text
    client.post("/report/zh/receipt", {"receipt": receipt})
    page = client.get("/report/zh/case").text
    assert re.findall(r"最迟 ([\d-]+)", page) == ["2026-03-10", "2026-03-24", "2026-06-03"]


def test_reminder_before_and_escalation_after_say_nothing_of_the_report() -> None:
    head = an_officer()
    watcher = an_officer("督办", Duties(watches_deadlines=True), by=head)
    report, _ = a_report()
    # Day 5, the 8th, ends without an acknowledgement.
    day_five = datetime.fromisoformat("2026-03-09T00:00:00+08:00")
    assert remind_and_escalate(by="tests", at=day_five - timedelta(seconds=1)) == 0
    assert remind_and_escalate(by="tests", at=day_five) == 1
    assert remind_and_escalate(by="tests", at=_days(6)) == 0
    reminder = Notice.objects.get()
    assert (reminder.officer, reminder.escalated) == (head.officer, False)
    # Day 7, the 10th, ends.
    day_seven = datetime.fromisoformat("2026-03-11T00:00:00+08:00")
    assert remind_and_escalate(by="tests", at=day_seven) == 0
    assert remind_and_escalate(by="tests", at=day_seven + timedelta(seconds=1)) == 1
    assert Notice.objects.get(escalated=True).officer == watcher.officer
    page = signed_in(watcher).get("/audit/").content.decode()
    assert "有一件事项已逾期：“告知已收到”" in page
    assert "钱某某" not in page
    assert str(report.pk) not in page
    write_to_reporter(report, "已收到", by=head, at=_days(9))
    assert "有一件事项已逾期" not in signed_in(watcher).get("/audit/").content.decode()


def test_where_the_watcher_has_left_the_readers_hear_of_what_is_overdue() -> None:
    head = an_officer()
    watcher = an_officer("督办", Duties(watches_deadlines=True), by=head)
    report, _ = a_report()
    assert report.watcher == watcher.officer
    assert watcher.officer is not None
    dismiss_officer(watcher.officer, by=head, at=NOON)
    assert remind_and_escalate(by="tests", at=_days(9)) == 1
    assert Notice.objects.get(escalated=True).officer == head.officer


def test_a_declined_report_is_answered_with_its_reason_and_may_be_objected_to() -> None:
    head = an_officer()
    report, receipt = a_report()
    own = reporter(receipt)
    take_step(report, "begin_check", Words("查合同"), by=head, at=_days(1))
    with pytest.raises(Invalid, match="告知检举人的理由"):
        take_step(report, "decline_case", Words("依据"), by=head, at=_days(2))
    take_step(report, "decline_case", BOTH, by=head, at=_days(2))
    # Fifteen working days from the 5th.
    assert {step.step: step.due_at for step in owed_steps(report)} == {
        "result": datetime.fromisoformat("2026-03-27T00:00:00+08:00"),
        "feedback": datetime.fromisoformat("2026-06-04T00:00:00+08:00"),
    }
    texts = [entry.content.get("text") for entry in opened_entries(key_ring(report, own))]
    assert texts[1:] == ["您好，理由如下"]
    with pytest.raises(Refused, match="不能结案"):
        take_step(report, "close_case", Words("x"), by=head, at=_days(3))
    take_step(report, "give_feedback", Words(talk="结果"), by=head, at=_days(3))
    assert owed_steps(report) == []
    report.refresh_from_db()
    until = may_object_until(report)
    assert until == datetime.fromisoformat("2026-04-06T00:00:00+08:00")
    with pytest.raises(Refused, match="期限已过"):
        object_to_result(report, "不同意", by=own, at=until + timedelta(seconds=1))
    object_to_result(report, "不同意", by=own, at=until)
    take_step(report, "check_again", Words("换人复核"), by=head, at=until)
    assert Report.objects.get().state == "checking"


def test_no_road_leads_to_closed_but_from_feedback() -> None:
    assert {move.sources for move in REPORT.moves if move.target == "closed"} == {("fed_back",)}
    table, database = body_of_guard(REPORT)
    assert table == database
    an_officer()
    report, _ = a_report()
    with pytest.raises(DatabaseError, match="no way from received to closed"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(state="closed")


def test_an_opened_case_goes_its_way_to_feedback_and_close() -> None:
    head = an_officer()
    report, receipt = a_report()
    for name, words in (
        ("begin_check", Words("查合同")),
        ("open_case", BOTH),
        ("begin_investigation", Words("方案")),
        ("submit_findings", Words("行为、证据、建议")),
        ("decide_case", Words("解除合同")),
        ("give_feedback", Words(talk="已处理，谢谢")),
        ("close_case", Words("归档")),
    ):
        take_step(report, name, words, by=head, at=_days(5))
    assert Report.objects.get().state == "closed"
    # Words after closing are taken in, and an answer is owed.
    write_as_reporter(report, "又发现一笔", [], by=reporter(receipt), at=_days(40))
    (reply,) = owed_steps(report)
    assert reply.step == "reply"
    # Sunday 12 April; three working days end with Wednesday.
    assert reply.due_at == datetime.fromisoformat("2026-04-16T00:00:00+08:00")
    take_step(report, "reopen_case", Words("新线索"), by=head, at=_days(41))
    assert Report.objects.get().state == "checking"


def test_the_log_is_a_chain_that_postgresql_lets_nobody_change() -> None:
    head = an_officer()
    report, _ = a_report()
    take_step(report, "begin_check", Words("查合同"), by=head, at=_days(1))
    entries = list(report.entries.order_by("number"))
    assert [entry.number for entry in entries] == [1, 2]
    assert all(first.digest != second.digest for first, second in pairwise(entries))
    for change in (
        lambda: CaseEntry.objects.filter(number=2).update(at=NOON),
        lambda: CaseEntry.objects.filter(number=1).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert OwedStep.objects.filter(done_at=None).count() == 3
    assert not connection.needs_rollback
