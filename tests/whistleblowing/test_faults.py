"""What goes wrong outside of the island's hands, each with what then holds.

Beside these: a lost receipt (check 6), file bombs (previews), an empty file and names that turn the
direction of text (files), a form sent twice (the slice), two at once and a killed process
(`test_at_once.py`).
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from office.refusals import Refused
from tests.builders import a_company, a_customer
from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import (
    FACTS,
    NOON,
    a_report,
    an_officer,
    form_values,
    reporter,
    signed_in,
)
from whistleblowing.case_log.verification import broken_entries
from whistleblowing.clocks.notices import remind_and_escalate
from whistleblowing.keys.report_keys import readers_of
from whistleblowing.models import Notice, Report, RetentionWarning
from whistleblowing.officers.operations import Duties, dismiss_officer
from whistleblowing.process.operations import Words, add_note, object_to_result, take_step
from whistleblowing.retention.operations import warn_and_destroy
from whistleblowing.team.operations import remove_reader

pytestmark = pytest.mark.django_db
RECEIPT = re.compile(r'class="receipt">([\d ]+)<')
DAY = timedelta(days=1)


def _case_page(receipt: str) -> str:
    client = Client()
    client.post("/report/zh/receipt", {"receipt": receipt})
    return client.get("/report/zh/case").content.decode()


def test_after_a_restore_from_last_night_a_receipt_of_today_is_like_a_wrong_one() -> None:
    head = an_officer()
    yesterday, old_receipt = a_report("o" * 40)
    last_night = transaction.savepoint()
    page = Client().post("/report/zh/new", form_values()).content.decode()
    (receipt,) = RECEIPT.findall(page)
    add_note(yesterday, "今天的备注", by=head, at=NOON)
    transaction.savepoint_rollback(last_night)
    assert _case_page(receipt) == _case_page("1234567890123456")
    assert "凭证不正确" in _case_page(receipt)
    # The logs of what is there are whole, and the reporter can send the same form again.
    assert list(broken_entries()) == []
    assert FACTS["what"] in _case_page(old_receipt)
    answer = Client().post("/report/zh/new", form_values())
    assert answer.status_code == 200
    assert Report.objects.count() == 2


def test_a_clock_that_is_set_back_repeats_and_destroys_nothing() -> None:
    head = an_officer()
    report, _ = a_report()
    closed = a_closed_case(head, "c", opened=False)
    # Kept to 3 March 2029.
    soon = NOON + 1_076 * DAY
    for at in (NOON + 6 * DAY, NOON + DAY, NOON + 6 * DAY):
        remind_and_escalate(by="tests", at=at)
    notices = Notice.objects.filter(owed_step__report=report, owed_step__step="acknowledge")
    assert notices.count() == 1
    for at in (soon, NOON, soon, NOON):
        assert warn_and_destroy(by="tests", at=at) == 0
    assert RetentionWarning.objects.count() == 1
    # Entries written by a clock that went back stand in the order in which they were written.
    add_note(report, "后", by=head, at=NOON - 3 * DAY)
    assert list(report.entries.values_list("number", flat=True)) == [1, 2]
    assert list(broken_entries()) == []
    assert Report.objects.filter(pk=closed.pk).exists()


def test_an_officer_who_leaves_takes_no_case_along() -> None:
    head = an_officer()
    leaver = an_officer("王二", Duties(takes_reports=True), by=head)
    assert leaver.officer is not None
    report, _ = a_report()
    assert {officer.pk for officer in readers_of(report)} == {
        officer.pk for officer in (head.officer, leaver.officer) if officer
    }
    desk = signed_in(leaver)
    dismiss_officer(leaver.officer, by=head, at=NOON)
    remove_reader(report, leaver.officer, "调离", by=head, at=NOON)
    assert desk.get(f"/audit/case/{report.pk}").status_code == 404
    later, _ = a_report("y" * 40)
    assert readers_of(later) == [head.officer]
    assert readers_of(report) == [head.officer]


def test_an_objection_that_is_sent_again_is_one() -> None:
    head = an_officer()
    report, receipt = a_report()
    words = Words("依据", "理由")
    for name in ("begin_check", "decline_case", "give_feedback"):
        take_step(report, name, words, by=head, at=NOON)
    object_to_result(report, "没有查银行流水", by=reporter(receipt), at=NOON)
    with pytest.raises(Refused):
        object_to_result(report, "没有查银行流水", by=reporter(receipt), at=NOON)
    assert report.entries.filter(number__gt=5).count() == 1


def test_a_customer_who_is_signed_in_to_my_reports_as_nobody(client: Client) -> None:
    an_officer()
    customer = a_customer(a_company())
    session = client.session
    session["customer_id"] = customer.pk
    session.save()
    before: dict[str, Any] = dict(client.session.items())
    files = [SimpleUploadedFile("a.txt", b"x")]
    answer = client.post("/report/zh/new", {**form_values(), "files": files})
    assert answer.status_code == 200
    assert "sessionid" not in answer.wsgi_request.COOKIES
    assert not answer.wsgi_request.session.keys()
    assert dict(client.session.items()) == before
    assert set(answer.cookies) == set()
