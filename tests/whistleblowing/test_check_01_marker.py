"""Check 1: a known word from a known address walks the whole process and is found nowhere."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.whistleblowing.island_records import an_officer, form_values, signed_in
from tests.whistleblowing.what_is_stored import every_row, where
from whistleblowing.models import FindingsCopy, OpenKey, Report, SealedFile
from whistleblowing.officers.operations import Duties

pytestmark = pytest.mark.django_db
WORD, CHINESE = "MarkerKickback7261", "标记回扣七二六一"
ADDRESS = "203.0.113.77"
SENDER: dict[str, Any] = {
    "REMOTE_ADDR": ADDRESS,
    "HTTP_X_FORWARDED_FOR": ADDRESS,
    "HTTP_USER_AGENT": f"{WORD}/1.0",
    "HTTP_REFERER": f"https://intranet/{WORD}",
}


def _file(name: str) -> SimpleUploadedFile:
    # Larger than what Django keeps in memory: another handler would write it to the disk.
    return SimpleUploadedFile(f"{name}.txt", (WORD * 180_000).encode())


def _walk() -> str:
    """Reports, adds, interviews, sends findings, decides, feeds back, covers and removes words,
    watches, objects, upholds, closes and holds; returns the receipt.
    """
    head = an_officer()
    board = an_officer("护一", Duties(protects_reporters=True), by=head)
    assert board.officer is not None
    desk = signed_in(head)
    client = Client(**SENDER)
    values = form_values(what=f"{WORD} {CHINESE}", accused=CHINESE, where=WORD)
    page = client.post("/report/zh/new", {**values, "files": [_file(WORD)]}).content.decode()
    (receipt,) = re.findall(r'class="receipt">([\d ]+)<', page)
    client.post("/report/zh/receipt", {"receipt": receipt})
    case = client.get("/report/zh/case").content.decode()
    assert WORD in case
    (token,) = set(re.findall(r'name="form_token" value="(\w+)"', case))
    words = {"form_token": token, "text": CHINESE}
    client.post("/report/zh/case", {**words, "files": [_file(CHINESE)]})
    address = f"/audit/case/{Report.objects.get().pk}"
    steps: list[dict[str, Any]] = [
        {"action": "add_note", "text": WORD},
        {"action": "add_evidence", "text": CHINESE, "files": [_file(WORD)]},
        {"action": "begin_check", "file_text": WORD},
        {
            "action": "record_interview",
            "person": CHINESE,
            "day": "2026-11-30",
            "present": WORD,
            "text": WORD,
        },
        {"action": "open_case", "file_text": WORD, "talk_text": CHINESE},
        {"action": "begin_investigation", "file_text": WORD},
        {"action": "submit_findings", "file_text": WORD},
        {
            "action": "send_findings",
            "conduct": WORD,
            "evidence": CHINESE,
            "proposal": WORD,
            "recipients": [str(board.officer.pk)],
        },
        {"action": "decide_case", "file_text": WORD},
        {"action": "give_feedback", "talk_text": CHINESE},
        {"action": "record_recovery", "amount": "86000", "text": WORD},
        {"action": "begin_watch", "role": "helper", "name": CHINESE, "text": WORD},
        {"action": "mask_text", "words": CHINESE},
        {"action": "redact_text", "words": WORD, "text": CHINESE},
    ]
    for step in steps:
        assert desk.post(address, step).status_code == 302, step
    client.post("/report/zh/case", {**words, "object": "1"})
    for step in (
        {"action": "uphold_result", "file_text": WORD, "talk_text": CHINESE},
        {"action": "close_case", "file_text": WORD},
        {"action": "hold_report", "text": WORD},
    ):
        assert desk.post(address, step).status_code == 302, step
    assert Report.objects.get().state == "closed"
    for file in SealedFile.objects.all():
        assert desk.post(f"{address}/{file.pk}", {"text": WORD}).status_code == 200
    paper = signed_in(board).post(f"/audit/findings/{FindingsCopy.objects.get().pk}")
    assert paper.content.startswith(b"%PDF")
    # What was refused and what failed is not repeated either.
    assert desk.post(address, {"action": "close_case", "file_text": WORD}).status_code == 409
    client.post("/report/zh/new", form_values(what=WORD, kind=WORD))
    return str(receipt)


def test_a_marker_is_found_in_no_table_file_log_queue_cache_or_mail(
    tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    began = tmp_path.stat().st_mtime - 1
    with caplog.at_level(logging.DEBUG):
        receipt = _walk()
    secrets = [WORD, CHINESE, ADDRESS, receipt, receipt.replace(" ", "")]
    assert where(secrets, began) == []
    assert list(tmp_path.iterdir()) == []
    assert [text for text in secrets if text in caplog.text] == []
    assert mail.outbox == []
    # The search does find what is there: the state stands in clear.
    assert [table for table, row in every_row() if ",closed," in row] == ["whistleblowing_report"]


def test_the_shared_journal_admin_history_and_column_history_know_nothing() -> None:
    _walk()
    quiet = ("office_journalentry", "django_admin_log", "pghistory_context")
    rows = [(table, row) for table, row in every_row() if table in quiet]
    assert [row for _, row in rows if "whistleblowing" in row or "/report" in row] == []
    report = str(Report.objects.get().pk)
    mentions = {table for table, row in every_row() if report in row}
    assert {table for table in mentions if not table.startswith("whistleblowing_")} == set()


def test_a_reporter_who_is_signed_in_elsewhere_comes_as_nobody() -> None:
    head = an_officer()
    assert head.officer is not None
    client = Client(**SENDER)
    client.force_login(head.officer.user)
    session = client.session.session_key
    rows = [row for table, row in every_row() if table == "django_session"]
    answer = client.get("/report/zh/new", HTTP_COOKIE="")
    assert answer.wsgi_request.META["REMOTE_ADDR"] == ""
    assert answer.wsgi_request.COOKIES == {}
    assert not answer.wsgi_request.user.is_authenticated
    client.post("/report/zh/new", form_values())
    client.post("/report/zh/receipt", {"receipt": "1"})
    # The sign-in is neither prolonged nor written to, and nothing new is set but our own cookie.
    assert [row for table, row in every_row() if table == "django_session"] == rows
    assert set(client.cookies) == {"sessionid", "report"}
    assert client.cookies["sessionid"].value == session
    cookie = client.cookies["report"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/report/", True, "Strict")
    assert OpenKey.objects.filter(officer=None).count() == 1


def test_no_cookie_is_smuggled_in_behind_the_islands_own() -> None:
    for value in ('"x; sessionid=stolen"', "x%3B", ""):
        answer = Client().get("/report/zh/new", HTTP_COOKIE=f"report={value}")
        assert "sessionid" not in answer.wsgi_request.COOKIES, value
        assert answer.wsgi_request.COOKIES.get("report", "") == "", value
    answer = Client().get("/report/zh/new", HTTP_COOKIE="sessionid=s; report=0af3")
    assert answer.wsgi_request.COOKIES == {"report": "0af3"}


def test_every_answer_is_closed_up_and_small() -> None:
    an_officer()
    client = Client()
    sheet = (Path(__file__).parents[2] / "static/whistleblowing/island.css").stat().st_size
    for path in ("", "new", "receipt", "case", "nowhere"):
        for language in ("zh", "en"):
            answer = client.get(f"/report/{language}/{path}")
            assert answer["Cache-Control"] == "no-store"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src")
            assert "Set-Cookie" not in answer.headers
            assert b"<script" not in answer.content
            assert b"http://" not in answer.content
            assert b"https://" not in answer.content
            assert len(answer.content) + sheet < 60_000
