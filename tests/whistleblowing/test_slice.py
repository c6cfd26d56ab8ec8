"""From an anonymous report to the officer who reads it, through the pages."""

import re

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heating import settings as real_settings
from tests.whistleblowing.island_records import (
    FACTS,
    PASSPHRASE,
    a_report,
    an_officer,
    form_values,
    reporter,
    signed_in,
)
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.case_log.verification import broken_entries
from whistleblowing.keys.report_keys import key_ring
from whistleblowing.models import FilePiece, OpenKey, Report, SealedFile, SystemEvent

pytestmark = pytest.mark.django_db
RECEIPT = re.compile(r'class="receipt">(\d{4} \d{4} \d{4} \d{4})<')


def _filed(client: Client, **changes: str) -> str:
    files = [SimpleUploadedFile("发票\u202egpj.exe", b"photo" * 400_000)]
    answer = client.post("/report/zh/new", {**form_values(**changes), "files": files})
    assert answer.status_code == 200, answer.content.decode()
    (receipt,) = RECEIPT.findall(answer.content.decode())
    return str(receipt)


def test_an_anonymous_report_is_read_by_an_officer_and_answered() -> None:
    head = an_officer()
    client = Client()
    receipt = _filed(client)
    # Filing leaves nothing in the browser.
    assert list(client.cookies) == []

    desk = signed_in(head)
    listed = desk.get("/audit/").content.decode()
    assert "钱某某" in listed
    report = Report.objects.get()
    address = f"/audit/case/{report.pk}"
    page = desk.get(address).content.decode()
    assert FACTS["what"] in page
    # The sign that turns the direction of text is left out of the name.
    assert "发票gpj.exe" in page
    file = SealedFile.objects.get()
    answer = desk.get(f"{address}/{file.pk}")
    assert b"".join(answer.streaming_content) == b"photo" * 400_000  # type: ignore[attr-defined]
    assert FilePiece.objects.count() == 2
    answer = desk.post(address, {"action": "write_to_reporter", "text": "请问是哪家供应商？"})
    assert answer.status_code == 302

    answer = client.post("/report/zh/receipt", {"receipt": receipt})
    assert answer.status_code == 302
    page = client.get("/report/zh/case").content.decode()
    assert "请问是哪家供应商？" in page
    (token,) = set(re.findall(r'name="form_token" value="(\w+)"', page))
    answer = client.post("/report/zh/case", {"form_token": token, "text": "双良配件"})
    assert answer.status_code == 302
    assert "双良配件" in desk.get(address).content.decode()
    assert list(broken_entries()) == []
    answer = client.get("/report/zh/leave")
    assert answer["Location"] == django_settings.WHISTLEBLOWING_EXIT
    assert client.get("/report/zh/case").status_code == 404
    assert OpenKey.objects.filter(officer=None).count() == 0


def test_a_form_that_is_sent_again_is_one_report_and_shows_no_second_receipt() -> None:
    an_officer()
    _filed(Client())
    answer = Client().post("/report/zh/new", form_values())
    assert answer.status_code == 409
    assert "没有重复登记" in answer.content.decode()
    assert RECEIPT.findall(answer.content.decode()) == []
    assert Report.objects.count() == 1


def test_a_passphrase_stands_between_the_sign_in_and_the_desk() -> None:
    head = an_officer()
    assert head.officer is not None
    report, _ = a_report()
    client = Client()
    client.force_login(head.officer.user)
    assert client.get("/audit/")["Location"] == "/audit/unlock"
    assert client.get(f"/audit/case/{report.pk}")["Location"] == "/audit/unlock"
    for _ in range(3):
        assert client.post("/audit/unlock", {"passphrase": "wrong passphrase"}).status_code == 422
    # The right one has to wait now as well.
    assert client.post("/audit/unlock", {"passphrase": PASSPHRASE}).status_code == 429
    kinds = list(SystemEvent.objects.values_list("kind", flat=True))
    assert kinds.count("unlock_failed") == 3


def test_an_open_key_belongs_to_one_sign_in() -> None:
    head = an_officer()
    assert head.officer is not None
    thief, desk = Client(), signed_in(head)
    thief.force_login(head.officer.user)
    thief.cookies["audit_key"] = desk.cookies["audit_key"].value
    assert thief.get("/audit/")["Location"] == "/audit/unlock"
    assert desk.get("/audit/").status_code == 200
    desk.post("/audit/lock")
    assert desk.get("/audit/")["Location"] == "/audit/unlock"


def test_the_reporter_opens_the_talk_and_not_the_auditors_file() -> None:
    head = an_officer()
    report, receipt = a_report()
    desk = signed_in(head)
    desk.post(f"/audit/case/{report.pk}", {"action": "add_note", "text": "先查合同"})
    assert [entry.kind for entry in opened_entries(key_ring(report, head))] == [
        "file_report",
        "note",
    ]
    assert [entry.kind for entry in opened_entries(key_ring(report, reporter(receipt)))] == [
        "file_report"
    ]


def test_production_derives_keys_dearly() -> None:
    operations, memory = real_settings.WHISTLEBLOWING_ARGON2
    assert operations >= 3
    assert memory >= 64 * 1024 * 1024
