"""Check 8: 张三😀李四 is covered or taken out for good; the log says that, not what."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from office.refusals import Invalid, NotFound, Refused
from tests.whistleblowing.island_records import (
    NOON,
    a_report,
    an_officer,
    form_values,
    reporter,
    signed_in,
)
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.case_log.verification import broken_entries
from whistleblowing.desk.case_list import case_rows, own_reports
from whistleblowing.files.reading import opened_files
from whistleblowing.keys.report_keys import Reader, key_ring
from whistleblowing.masking.operations import mask_text, redact_text, unmask_text
from whistleblowing.models import CaseEntry, Report, SealedFile
from whistleblowing.process.operations import add_note, write_as_reporter, write_to_reporter

pytestmark = pytest.mark.django_db
NAME = "张三😀李四"
WHAT = f"👨‍👩‍👧见{NAME}收钱，后又见{NAME}与王𬭎吃饭"
GONE = "👨‍👩‍👧见█████收钱，后又见█████与王𬭎吃饭"


def _everything(report: Report, reader: Reader) -> str:
    """All that a reader can open of a report, as one text."""
    ring = key_ring(report, reader)
    # Not the text of the record: Python writes what joins an emoji as an escape.
    entries = [str(value) for entry in opened_entries(ring) for value in entry.content.values()]
    return " ".join([*entries, *(facts.name for facts in opened_files(ring))])


def test_redacted_words_are_in_no_stored_byte_and_places_are_right() -> None:
    head = an_officer()
    files = [SimpleUploadedFile(f"{NAME}的照片.txt", b"x")]
    Client().post("/report/zh/new", {**form_values(what=WHAT), "files": files})
    report = Report.objects.get()
    add_note(report, f"核对{NAME}的考勤", by=head, at=NOON)
    write_to_reporter(report, "收到", by=head, at=NOON)
    before = [bytes(row.sealed) for row in CaseEntry.objects.order_by("number")]
    assert redact_text(report, NAME, "与案件无关的第三人", by=head, at=NOON) == 3
    assert NAME not in _everything(report, head)
    rows = list(CaseEntry.objects.order_by("number"))
    entries = opened_entries(key_ring(report, head))
    assert entries[0].content["what"] == GONE
    assert entries[1].content["text"] == "核对█████的考勤"
    assert opened_files(key_ring(report, head))[0].name == "█████的照片.txt"
    # Nothing of the old seals is stored; the others stay as they were.
    assert [bytes(row.sealed) in before for row in rows] == [False, False, True, False, False]
    assert [(entry.kind, entry.content["text"]) for entry in entries[3:]] == [
        ("redact", "第 1 条：与案件无关的第三人"),
        ("redact", "第 2 条：与案件无关的第三人"),
    ]
    assert SealedFile.objects.count() == 1
    assert list(broken_entries()) == []


def test_the_chain_still_sees_what_was_changed_around_a_redaction() -> None:
    head = an_officer()
    report, receipt = a_report(what=WHAT)
    write_as_reporter(report, f"补充：{NAME}", [], by=reporter(receipt), at=NOON)
    redact_text(report, NAME, "第三人", by=head, at=NOON)
    assert GONE in _everything(report, reporter(receipt))
    # Again, in what was redacted already.
    redact_text(report, "王𬭎", "第三人", by=head, at=NOON)
    assert "王" not in _everything(report, head)
    assert list(broken_entries()) == []
    first, second, *_ = CaseEntry.objects.order_by("number")
    changes: list[tuple[CaseEntry, dict[str, Any]]] = [
        (first, {"sealed": b"x"}),
        (second, {"sealed": b"y"}),
    ]
    for entry, change in changes:
        sid = transaction.savepoint()
        _past_the_trigger(entry, change)
        assert [row.pk for row in broken_entries()] == [entry.pk]
        transaction.savepoint_rollback(sid)
    assert list(broken_entries()) == []


def _past_the_trigger(entry: CaseEntry, change: dict[str, Any]) -> None:
    """Changes a row as somebody who has the database would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('whistleblowing.redacting', %s, true)", [str(entry.pk)])
    CaseEntry.objects.filter(pk=entry.pk).update(**change)


def test_the_log_lets_go_of_content_only_and_of_the_named_entry_only() -> None:
    head = an_officer()
    report, _ = a_report(what=WHAT)
    add_note(report, "二", by=head, at=NOON)
    first, second = CaseEntry.objects.order_by("number")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CaseEntry.objects.filter(pk=first.pk).update(sealed=b"x")
    changes: list[tuple[CaseEntry, dict[str, Any]]] = [
        (second, {"sealed": b"x"}),
        (first, {"digest": "0" * 64}),
    ]
    for entry, change in changes:
        _past_the_trigger(first, {"sealed": bytes(first.sealed)})
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            CaseEntry.objects.filter(pk=entry.pk).update(**change)


def test_a_mask_covers_the_desks_pages_and_can_be_lifted() -> None:
    head = an_officer()
    report, receipt = a_report(what=WHAT)
    desk, address = signed_in(head), f"/audit/case/{report.pk}"
    assert desk.post(address, {"action": "mask_text", "words": NAME}).status_code == 302
    page = desk.get(address).content.decode()
    assert NAME not in page
    assert "👨‍👩‍👧见▒▒▒▒▒收钱，后又见▒▒▒▒▒与王𬭎吃饭" in page
    mask = opened_entries(key_ring(report, head))[-1]
    assert (mask.kind, mask.content["text"]) == ("mask", "2 处")
    assert NAME not in str(mask.content)
    # A mask is the desk's: the reporter reads their own words.
    assert WHAT in _everything(report, reporter(receipt))
    with pytest.raises(NotFound):
        unmask_text(report, 1, by=head, at=NOON)
    assert desk.post(address, {"action": "unmask_text", "number": "2"}).status_code == 302
    assert NAME in desk.get(address).content.decode()
    # A redaction under a mask leaves the mask where it was.
    mask_text(report, "吃饭", by=head, at=NOON)
    redact = {"action": "redact_text", "words": NAME, "text": "第三人"}
    assert desk.post(address, redact).status_code == 302
    assert "👨‍👩‍👧见█████收钱，后又见█████与王𬭎▒▒" in desk.get(address).content.decode()


def test_a_covered_accused_is_covered_in_the_list_until_the_last_mask_is_lifted() -> None:
    head = an_officer()
    report, _ = a_report(accused=f"{NAME}等人")
    desk, address = signed_in(head), f"/audit/case/{report.pk}"

    def names() -> list[str]:
        return [row.accused for row in case_rows(head, own_reports(head))]

    for words, name in ((NAME, "▒▒▒▒▒等人"), ("等", "▒▒▒▒▒▒人")):
        assert desk.post(address, {"action": "mask_text", "words": words}).status_code == 302
        assert names() == [name]
    page = desk.get("/audit/").content.decode()
    assert NAME not in page
    assert "▒▒▒▒▒▒人" in page
    assert NAME.encode() not in bytes(Report.objects.get().covered_name or b"")
    # Words of another entry change nothing of it.
    add_note(report, "考勤", by=head, at=NOON)
    mask_text(report, "考勤", by=head, at=NOON)
    for number, name in (("2", f"{NAME}▒人"), ("3", f"{NAME}等人")):
        assert desk.post(address, {"action": "unmask_text", "number": number}).status_code == 302
        assert names() == [name]
    assert Report.objects.get().covered_name is None


def test_what_is_refused_changes_nothing() -> None:
    head = an_officer()
    report, receipt = a_report(what=f"{NAME}与钱某某")
    stranger = an_officer("王二", by=head)
    before = list(CaseEntry.objects.values_list("pk", "sealed"))
    with pytest.raises(Invalid, match="没有这些文字"):
        redact_text(report, "👨", "x", by=head, at=NOON)
    with pytest.raises(Invalid, match="原因"):
        redact_text(report, NAME, " ", by=head, at=NOON)
    # The accused decides who may never read the case.
    with pytest.raises(Refused, match="不能永久删除"):
        redact_text(report, "钱某某", "x", by=head, at=NOON)
    with pytest.raises(NotFound):
        redact_text(report, NAME, "x", by=stranger, at=NOON)
    with pytest.raises(Refused, match="权限"):
        mask_text(report, NAME, by=reporter(receipt), at=NOON)
    assert list(CaseEntry.objects.values_list("pk", "sealed")) == before
