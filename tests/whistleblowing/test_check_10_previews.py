"""Check 10: the reporter is warned, readers get a stripped copy, the original stays sealed."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.whistleblowing.island_records import an_officer, form_values, signed_in
from tests.whistleblowing.previews import made_files as made
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.files.reading import opened_files
from whistleblowing.keys.report_keys import key_ring
from whistleblowing.models import FilePiece, Report, SealedFile

pytestmark = pytest.mark.django_db
FILES = {
    "现场.jpg": made.a_jpeg(),
    "台账.docx": made.an_archive(made.DOCX),
    "合同.pdf": made.a_pdf(),
    "坏的.pdf": b"%PDF-1.7 damaged",
    "笔记.txt": made.WORD.encode(),
}
WORD = made.WORD.encode()


def _bytes(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_readers_get_copies_and_originals_for_a_reason() -> None:
    head = an_officer()
    reporter = Client()
    assert "照片可能含有拍摄地点" in reporter.get("/report/zh/new").content.decode()
    files = [SimpleUploadedFile(name, content) for name, content in FILES.items()]
    answer = reporter.post("/report/zh/new", {**form_values(), "files": files})
    assert answer.status_code == 200
    report = Report.objects.get()
    facts = {each.name: each for each in opened_files(key_ring(report, head))}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    assert {name: each.sha256 for name, each in facts.items()} == digests
    stored = (SealedFile.objects.count(), FilePiece.objects.count())
    desk = signed_in(head)
    case = f"/audit/case/{report.pk}"
    page = desk.get(case).content.decode()
    assert (page.count("打开的是副本"), page.count("请勿外传")) == (4, 1)
    answers = {name: desk.get(f"{case}/{each.id}") for name, each in facts.items()}
    copies = {name: _bytes(answer) for name, answer in answers.items() if answer.streaming}
    for name in ("现场.jpg", "台账.docx", "合同.pdf"):
        assert len(copies[name]) > 100
        assert WORD not in copies[name]
    # What cannot be stripped is said: on the page, or by a refusal that leads to the original.
    assert copies["笔记.txt"] == FILES["笔记.txt"]
    assert answers["坏的.pdf"].status_code == 422
    assert "无法去除" in answers["坏的.pdf"].content.decode()
    assert (SealedFile.objects.count(), FilePiece.objects.count()) == stored

    original = f"{case}/{facts['现场.jpg'].id}"
    assert desk.post(original, {"text": " "}).status_code == 422
    answer = desk.post(original, {"text": "核对拍摄时间"})
    assert _bytes(answer) == FILES["现场.jpg"]
    entries = opened_entries(key_ring(report, head))
    assert [(entry.kind, entry.content["text"]) for entry in entries[1:]] == [
        ("open_original", "现场.jpg：核对拍摄时间")
    ]
