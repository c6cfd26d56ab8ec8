"""The case log: sealed entries in a chain of hashes, one log a report.

What kind of entry it is and who wrote it is inside the seal: outside stand number, time and digest.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

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


@dataclass(frozen=True)
class Replacement:
    """Content that was replaced: the number of its entry, and the digest that vouches for it."""

    number: int
    digest: str


def append(
    report: Report,
    purpose: KeyPurpose,
    kind: str,
    content: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
    replacement: Replacement | None = None,
) -> CaseEntry:
    """Seals an entry to the report's newest key and appends it to the chain.

    `replacement` is what the entry vouches for: content that was replaced by `replace_content`.

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
        replaces=replacement.number if replacement else None,
        replaced_digest=replacement.digest if replacement else "",
    )
    entry.digest = digest_of(entry, last.digest if last else FIRST_DIGEST)
    entry.save(force_insert=True)
    return entry


def digest_of(entry: CaseEntry, digest_before: str) -> str:
    """Returns the SHA-256 over the digest before and everything that stands in the row."""
    head = (
        f"{digest_before}|{entry.report_id}|{entry.number}|{entry.key_id}|{entry.at.isoformat()}|"
    )
    if entry.replaces is not None:
        head += f"{entry.replaces}|{entry.replaced_digest}|"
    return hashlib.sha256(head.encode() + bytes(entry.sealed)).hexdigest()


def replace_content(entry: CaseEntry, sealed: bytes) -> Replacement:
    """Replaces what is sealed in an entry, for good, and returns what the next entry vouches for.

    A step of redacting; the caller holds the report's lock. The entry's digest stays, so that the
    chain goes on; the replacement is bound to the digests before and of the entry.
    """
    before = CaseEntry.objects.filter(report=entry.report_id, number=entry.number - 1).first()
    with connection.cursor() as cursor:
        # The log's trigger lets the content of this one entry be replaced, and nothing else.
        cursor.execute("SELECT set_config('whistleblowing.redacting', %s, true)", [str(entry.pk)])
    entry.sealed = sealed
    entry.save(update_fields=["sealed"])
    digest = replacement_digest(entry, before.digest if before else FIRST_DIGEST)
    return Replacement(entry.number, digest)


def replacement_digest(entry: CaseEntry, digest_before: str) -> str:
    """Returns the SHA-256 over the digest before, the entry's own and its replaced content."""
    head = f"{digest_before}|{entry.digest}|"
    return hashlib.sha256(head.encode() + bytes(entry.sealed)).hexdigest()


def opened_entries(ring: KeyRing) -> list[Entry]:
    """Returns the entries of a report that the ring's keys open, the oldest first."""
    rows = CaseEntry.objects.filter(report=ring.report).select_related("key").order_by("number")
    return [_opened(row, ring) for row in rows if ring.can_open(row.key_id)]


def _opened(row: CaseEntry, ring: KeyRing) -> Entry:
    record = ring.open(row.key_id, bytes(row.sealed))
    kind, by = str(record.pop("kind")), str(record.pop("by"))
    return Entry(row.number, row.at, kind, by, record, row.key.purpose == KeyPurpose.TALK)
