"""Covering words of a case for a while, uncovering them, and taking them out for good."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid, NotAllowed, NotFound, Refused
from whistleblowing.case_log.entries import append, opened_entries, replace_content
from whistleblowing.keys.report_keys import KeyRing, Reader, key_ring, lock_report, seal_to
from whistleblowing.masking.graphemes import REMOVED, covered, places_of
from whistleblowing.masking.places import (
    FREE,
    ROUTED,
    accused_of,
    fields_with,
    masked,
    masks_of,
    without,
)
from whistleblowing.models import CaseEntry, Report, SealedFile
from whistleblowing.words import KeyPurpose


@transaction.atomic
def mask_text(report: Report, words: str, *, by: Reader, at: datetime) -> int:
    """Covers words wherever they stand in the entries the desk shows; returns how many places.

    The log says where, not what.
    """
    locked_report, ring = _lock(report, by)
    places = {
        str(entry.number): fields
        for entry in opened_entries(ring)
        if (fields := fields_with(entry.content, _needed(words), (*FREE, *ROUTED)))
    }
    count = sum(len(spans) for fields in places.values() for spans in fields.values())
    if not count:
        raise _not_there()
    content = {"text": f"{count} 处", "places": places}
    append(locked_report, KeyPurpose.FILE, "mask", content, by=by.name, at=at)
    _cover_in_list(locked_report, ring)
    return count


@transaction.atomic
def unmask_text(report: Report, number: int, *, by: Reader, at: datetime) -> None:
    """Lifts a mask by the number of its entry."""
    locked_report, ring = _lock(report, by)
    if number not in {entry.number for entry in masks_of(opened_entries(ring))}:
        raise NotFound()
    content = {"text": f"第 {number} 条", "mask": number}
    append(locked_report, KeyPurpose.FILE, "unmask", content, by=by.name, at=at)
    _cover_in_list(locked_report, ring)


def _cover_in_list(report: Report, ring: KeyRing) -> None:
    """A step of masking: seals what the list of cases shows in place of the accused.

    The list opens one entry of each case, so it cannot look for masks itself. Who cannot open the
    first entry covers nothing in it.
    """
    first = CaseEntry.objects.select_related("key").get(report=report, number=1)
    if not ring.can_open(first.key_id):
        return
    entries = opened_entries(ring)
    covered_name = accused_of(masked(entries)[0].content)
    is_covered = covered_name != accused_of(entries[0].content)
    report.covered_name = seal_to(first.key, {"accused": covered_name}) if is_covered else None
    report.save(update_fields=["covered_name"])


@transaction.atomic
def redact_text(report: Report, words: str, reason: str, *, by: Reader, at: datetime) -> int:
    """Takes words out of all entries and file names of a case for good; returns how many entries
    and names changed.

    Nothing brings them back. The log says in which entry and why, not what. The name of the
    accused is refused: it decides who may never read the case.
    """
    locked_report, ring = _lock(report, by)
    wanted = _needed(words)
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写原因。"))
    rows = CaseEntry.objects.filter(report=locked_report).select_related("key").order_by("number")
    records = [(row, ring.open(row.key_id, bytes(row.sealed))) for row in _openable(rows, ring)]
    if any(fields_with(record, wanted, ROUTED) for _row, record in records):
        raise Refused(
            "routing_rests_on_it",
            _("被检举人、部门和合作方决定谁不能办理，不能永久删除；可以先遮盖。"),
        )
    changed = _rename_files(locked_report, ring, wanted)
    for row, record in records:
        if fields := fields_with(record, wanted, FREE):
            _take_out(row, without(record, fields, REMOVED), reason, by=by, at=at)
            changed += 1
    if not changed:
        raise _not_there()
    return changed


def _take_out(
    row: CaseEntry, record: Mapping[str, Any], reason: str, *, by: Reader, at: datetime
) -> None:
    """A step of redacting: replaces what is sealed in an entry; a new entry vouches for it."""
    vouching = replace_content(row, seal_to(row.key, record))
    content = {"text": f"第 {row.number} 条：{reason.strip()}"}
    append(row.report, KeyPurpose.FILE, "redact", content, by=by.name, at=at, replacement=vouching)


def _rename_files(report: Report, ring: KeyRing, words: str) -> int:
    """A step of redacting: takes the words out of names of files; returns how many changed."""
    changed = 0
    for row in _openable(SealedFile.objects.filter(report=report).select_related("key"), ring):
        record = ring.open(row.key_id, bytes(row.sealed_facts))
        if spans := places_of(str(record["name"]), words):
            name = covered(str(record["name"]), spans, REMOVED)
            row.sealed_facts = seal_to(row.key, {**record, "name": name})
            row.save(update_fields=["sealed_facts"])
            changed += 1
    return changed


def _openable(rows: Any, ring: KeyRing) -> list[Any]:
    return [row for row in rows if ring.can_open(row.key_id)]


def _lock(report: Report, by: Reader) -> tuple[Report, KeyRing]:
    """Locks a report; raises NotFound for who holds no key of it."""
    # A new entry at the same moment would be missed.
    locked_report = lock_report(report)
    if by.officer is None:
        raise NotAllowed()
    return locked_report, key_ring(locked_report, by)


def _needed(words: str) -> str:
    if not words.strip():
        raise Invalid("words_missing", _("请填写要处理的文字。"))
    return words.strip()


def _not_there() -> Invalid:
    return Invalid("words_not_there", _("案卷里没有这些文字，请照原文复制。"))
