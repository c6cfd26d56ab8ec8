"""The investigation report: made in memory, sealed to named recipients, opened with a mark."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from office.refusals import Invalid, NotFound, Refused
from tests.office.pdf_reading import texts_of
from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import (
    NOON,
    a_report,
    an_officer,
    form_values,
    reporter,
    signed_in,
)
from tests.whistleblowing.what_is_stored import every_row
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.case_log.verification import broken_entries
from whistleblowing.findings.operations import open_findings, send_findings
from whistleblowing.findings.paper import Findings
from whistleblowing.keys.report_keys import Reader, key_ring
from whistleblowing.models import FindingsCopy, Officer, Report
from whistleblowing.officers.operations import dismiss_officer
from whistleblowing.process.operations import Words, take_step

pytestmark = pytest.mark.django_db
FOUND = Findings("三次收受现金", "过磅单与台账不符", "解除合同，移送公安")


@pytest.fixture
def head() -> Reader:
    return an_officer()


def _officer(reader: Reader) -> Officer:
    assert reader.officer is not None
    return reader.officer


def _text(content: bytes) -> str:
    return "".join(text for page in texts_of(content) for text in page)


def test_management_and_board_read_the_paper_and_nothing_else(head: Reader) -> None:
    manager, chair = (an_officer(name, by=head) for name in ("总经理", "监事会主席"))
    Client().post("/report/zh/new", form_values())
    report = Report.objects.get()
    desk, address = signed_in(head), f"/audit/case/{report.pk}"
    steps: list[dict[str, Any]] = [
        {"action": "begin_check", "file_text": "查"},
        {"action": "open_case", "file_text": "立", "talk_text": "已受理"},
        {"action": "begin_investigation", "file_text": "方案"},
        {
            "action": "add_evidence",
            "text": "财务部移交，原件在保险柜",
            "files": [SimpleUploadedFile("台账.xls", b"ledger")],
        },
        {
            "action": "record_interview",
            "person": "仓管员丙",
            "day": "2026-11-30",
            "present": "两名审计员",
            "text": "承认补单",
        },
        {"action": "mask_text", "words": "仓管员丙"},
        {"action": "submit_findings", "file_text": "属实"},
        {
            "action": "send_findings",
            "conduct": FOUND.conduct,
            "evidence": FOUND.evidence,
            "proposal": FOUND.proposal,
            "recipients": [str(_officer(each).pk) for each in (manager, chair)],
        },
    ]
    for step in steps:
        assert desk.post(address, step).status_code == 302, step["action"]
    copies = {copy.recipient: copy for copy in FindingsCopy.objects.all()}
    assert set(copies) == {manager.officer, chair.officer}
    assert desk.get(address).content.decode().count("尚未打开") == 2
    copy = copies[_officer(manager)]
    client, paper = signed_in(manager), f"/audit/findings/{copy.pk}"
    assert "送您审阅的调查报告" in client.get("/audit/").content.decode()
    answer = client.post(paper)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Cache-Control"] == "no-store"
    text = _text(answer.content)
    for words in (*vars(FOUND).values(), "钱某某", "台账.xls", "2026-11-30"):
        assert words.replace(" ", "") in text.replace(" ", ""), words
    # The interview is listed; what was said stays in the file, and what is covered stays covered.
    assert "承认补单" not in text
    assert "仓管员丙" not in text
    assert "仅供总经理阅读" in text.replace(" ", "")
    # The recipient has no key of the case, and the other copy is not there.
    assert client.get(address).status_code == 404
    other = f"/audit/findings/{copies[_officer(chair)].pk}"
    missing = client.post(f"/audit/findings/{uuid.uuid4()}")
    for stranger in (client, desk):
        foreign = stranger.post(other)
        assert (foreign.status_code, foreign.content) == (404, missing.content)
    # Who opened it and when stands in the case log and beside the recipient's name.
    entry = opened_entries(key_ring(report, head))[-1]
    assert (entry.kind, entry.by, entry.content["copy"]) == (
        *("open_findings", _officer(manager).user.display_name),
        str(copy.pk),
    )
    page = desk.get(address).content.decode()
    assert (page.count("尚未打开"), page.count("打开调查报告")) == (1, 1)
    assert list(broken_entries()) == []
    rows = [row for _, row in every_row()]
    leaks = (*vars(FOUND).values(), "%PDF", b"%PDF".hex())
    assert [word for word in leaks if any(word in row for row in rows)] == []


def test_each_copy_opens_with_its_recipients_key_alone(head: Reader) -> None:
    report = a_closed_case(head)
    first, second = (an_officer(name, by=head) for name in ("总经理", "董事长"))
    both = [_officer(first), _officer(second)]
    copies = send_findings(report, FOUND, both, by=head, at=NOON)
    assert open_findings(copies[0], by=first, at=NOON).startswith(b"%PDF")
    for stranger in (second, head):
        with pytest.raises(NotFound):
            open_findings(copies[0], by=stranger, at=NOON)
    assert [copy.recipient for copy in copies] == both
    # A dismissed recipient gets no page, and no new copy.
    dismiss_officer(_officer(second), by=head, at=NOON)
    with pytest.raises(Refused, match="还没有设定口令"):
        send_findings(report, FOUND, [Officer.objects.get(pk=both[1].pk)], by=head, at=NOON)


def test_what_is_refused_seals_nothing(head: Reader) -> None:
    report, receipt = a_report()
    manager = _officer(an_officer("总经理", by=head))
    accused = _officer(an_officer("钱某某", by=head))
    stranger = an_officer("王二", by=head)
    take_step(report, "begin_check", Words("查"), by=head, at=NOON)
    with pytest.raises(Refused, match="提交调查报告以后"):
        send_findings(report, FOUND, [manager], by=head, at=NOON)
    with pytest.raises(Invalid, match="收件人"):
        send_findings(report, FOUND, [], by=head, at=NOON)
    with pytest.raises(Invalid, match="行为、证据和处理建议"):
        send_findings(report, Findings("x", " ", "z"), [manager], by=head, at=NOON)
    with pytest.raises(Refused, match="利益关系"):
        send_findings(report, FOUND, [manager, accused], by=head, at=NOON)
    with pytest.raises(NotFound):
        send_findings(report, FOUND, [manager], by=stranger, at=NOON)
    with pytest.raises(Refused, match="权限"):
        send_findings(report, FOUND, [manager], by=reporter(receipt), at=NOON)
    assert (FindingsCopy.objects.count(), report.entries.count()) == (0, 2)
    # A declined case had no investigation, also when it is closed.
    declined = a_closed_case(head, "d", opened=False)
    with pytest.raises(Refused, match="提交调查报告以后"):
        send_findings(declined, FOUND, [manager], by=head, at=NOON)
    page = signed_in(head).get(f"/audit/case/{declined.pk}").content.decode()
    assert "生成并送出调查报告" not in page
