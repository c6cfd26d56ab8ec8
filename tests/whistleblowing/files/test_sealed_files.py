"""Files are sealed as they come in and read piece by piece; a broken one is not read as whole."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.whistleblowing.island_records import NOON, an_officer, form_values, signed_in
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.files import upload
from whistleblowing.files.answers import readable_name
from whistleblowing.files.reading import clear_pieces, opened_files, sweep_pieces
from whistleblowing.keys.report_keys import Reader, key_ring
from whistleblowing.keys.sealing import WrongKey
from whistleblowing.models import FilePiece, Report, SealedFile

pytestmark = pytest.mark.django_db


def _send(content: bytes, name: str = "a.bin") -> Any:
    files = [SimpleUploadedFile(name, content)]
    return Client().post("/report/zh/new", {**form_values(), "files": files})


def _facts(reader: Reader) -> Any:
    (facts,) = opened_files(key_ring(Report.objects.get(), reader))
    return facts


@pytest.mark.parametrize("size", [1, 2**20, 2**20 + 1, 3 * 2**20])
def test_a_file_comes_back_as_it_was(size: int) -> None:
    head = an_officer()
    content = bytes(range(256)) * (size // 256 + 1)
    assert _send(content[:size]).status_code == 200
    facts = _facts(head)
    assert (facts.name, facts.size) == ("a.bin", size)
    assert b"".join(clear_pieces(facts)) == content[:size]
    assert FilePiece.objects.count() == -(-size // 2**20)


def test_a_piece_that_is_missing_changed_or_swapped_is_noticed() -> None:
    head = an_officer()
    _send(b"abc" * 2**20)
    facts = _facts(head)
    first, second, third = FilePiece.objects.order_by("number")
    FilePiece.objects.filter(pk=second.pk).update(sealed=bytes(third.sealed))
    with pytest.raises(WrongKey):
        list(clear_pieces(facts))
    third.delete()
    with pytest.raises(WrongKey):
        list(clear_pieces(facts))
    first.delete()
    with pytest.raises(WrongKey):
        list(clear_pieces(facts))


def test_an_empty_and_a_huge_file_are_refused_and_leave_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    an_officer()
    answer = _send(b"")
    assert (answer.status_code, "有文件是空的" in answer.content.decode()) == (422, True)
    monkeypatch.setattr(upload, "LARGEST_FILE", 3 * 2**20)
    answer = _send(b"x" * (3 * 2**20 + 1))
    assert (answer.status_code, "不能超过 200 MB" in answer.content.decode()) == (422, True)
    assert (Report.objects.count(), SealedFile.objects.count()) == (0, 0)


def test_pieces_of_an_upload_that_broke_off_are_swept_after_a_day() -> None:
    head = an_officer()
    _send(b"kept")
    FilePiece.objects.create(
        file_id="5d7ee3a2-5c5f-4b1e-9d54-0f6a5b3f8c11", number=0, sealed=b"x", written_at=NOON
    )
    assert sweep_pieces(NOON + timedelta(days=1)) == 0
    assert sweep_pieces(NOON + timedelta(days=400)) == 1
    assert b"".join(clear_pieces(_facts(head))) == b"kept"


def test_evidence_is_the_teams_alone_and_its_hash_is_in_the_log() -> None:
    head = an_officer()
    _send(b"from the reporter")
    desk = signed_in(head)
    address = f"/audit/case/{Report.objects.get().pk}"
    words = {"action": "add_evidence", "text": "财务部移交，原件在保险柜"}
    assert desk.post(address, words).status_code == 422
    assert Report.objects.get().entries.count() == 1
    words |= {"files": [SimpleUploadedFile("b.bin", b"ledger")]}  # type: ignore[dict-item]
    assert desk.post(address, words).status_code == 302
    ring = key_ring(Report.objects.get(), head)
    files = opened_files(ring)
    assert [(facts.name, facts.in_talk) for facts in files] == [("a.bin", True), ("b.bin", False)]
    entry = opened_entries(ring)[-1]
    assert (entry.kind, entry.content["text"], entry.content["sha256"]) == (
        *("evidence", "财务部移交，原件在保险柜"),
        [hashlib.sha256(b"ledger").hexdigest()],
    )


def test_names_do_not_turn_the_direction_of_text() -> None:
    assert readable_name("scan\u202efdp.exe") == "scanfdp.exe"
    assert readable_name("张三😀𬭎\n.pdf") == "张三😀𬭎.pdf"
