"""The case log: sealed entries in a chain of hashes, one log a report.

What kind of entry it is and who wrote it is inside the seal: outside stand number, time and digest.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from whistleblowing.keys.report_keys import KeyRing, newest_key, seal_to
from whistleblowing.models import CaseEntry, Report
from whistleblowing.words import KeyPurpose

FIRST_DIGEST = "0" * 64


@dataclass(frozen=True)
class Entry:
    """An opened entry: what it is, who wrote it ("" for the reporter) and its content."""

    number: int
    at: datetime
    kind: str
    by: str
    content: Mapping[str, Any]
    in_talk: bool


def append(
    report: Report,
    purpose: KeyPurpose,
    kind: str,
    content: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
) -> CaseEntry:
    """Seals an entry to the report's newest key and appends it to the chain.

    A step of every operation on a report; the caller holds the report's lock, so that two entries
    never get one number.
    """
    last = CaseEntry.objects.filter(report=report).order_by("number").last()
    key = newest_key(report, purpose)
    entry = CaseEntry(
        report=report,
        number=last.number + 1 if last else 1,
        key=key,
        sealed=seal_to(key, {"kind": kind, "by": by, **content}),
        at=at,
    )
    entry.digest = digest_of(entry, last.digest if last else FIRST_DIGEST)
    entry.save(force_insert=True)
    return entry


def digest_of(entry: CaseEntry, digest_before: str) -> str:
    """Returns the SHA-256 over the digest before and everything that stands in the row."""
    head = (
        f"{digest_before}|{entry.report_id}|{entry.number}|{entry.key_id}|{entry.at.isoformat()}|"
    )
    return hashlib.sha256(head.encode() + bytes(entry.sealed)).hexdigest()


def opened_entries(ring: KeyRing) -> list[Entry]:
    """Returns the entries of a report that the ring's keys open, the oldest first."""
    rows = CaseEntry.objects.filter(report=ring.report).select_related("key").order_by("number")
    return [_opened(row, ring) for row in rows if ring.can_open(row.key_id)]


def _opened(row: CaseEntry, ring: KeyRing) -> Entry:
    record = ring.open(row.key_id, bytes(row.sealed))
    kind, by = str(record.pop("kind")), str(record.pop("by"))
    return Entry(row.number, row.at, kind, by, record, row.key.purpose == KeyPurpose.TALK)
