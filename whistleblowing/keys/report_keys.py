"""The key pairs of a report: made, sealed to readers, opened, renewed. Steps of operations.

The talk with the reporter has a key pair that the receipt opens too; the auditors' file has another
that it does not. Every generation of both is sealed to every reader.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from office.refusals import NotFound
from whistleblowing.keys.sealing import (
    WrongKey,
    new_key_pair,
    open_record,
    open_sealed,
    seal,
    seal_record,
)
from whistleblowing.models import Officer, Report, ReportKey, SealedKey
from whistleblowing.words import KeyPurpose


@dataclass(frozen=True)
class Reader:
    """An officer whose key is open, or a reporter (without an officer) whose receipt is."""

    private_key: bytes
    officer: Officer | None = None
    receipt_key: bytes = b""

    @property
    def name(self) -> str:
        """The officer's name, for entries that only key holders read; empty for a reporter."""
        return self.officer.user.display_name if self.officer else ""


@dataclass(frozen=True)
class KeyRing:
    """The opened private keys of one report, by the id of their key row."""

    report: Report
    private_keys: Mapping[UUID, bytes]

    def open(self, key_id: UUID, sealed: bytes) -> dict[str, Any]:
        """Returns a sealed record; raises WrongKey where the ring lacks the key."""
        if key_id not in self.private_keys:
            raise WrongKey
        return open_record(self.private_keys[key_id], sealed)

    def can_open(self, key_id: UUID) -> bool:
        """Returns whether the ring has this key."""
        return key_id in self.private_keys


def lock_report(report: Report) -> Report:
    """A step of every operation on a report: locks it and returns it.

    Raises NotFound for a report that was destroyed meanwhile, as for one that never was.
    """
    # Two operations at one moment would give two entries of the log the same number.
    locked_report = Report.objects.select_for_update(of=("self",)).filter(pk=report.pk).first()
    if locked_report is None:
        raise NotFound()
    return locked_report


def issue_keys(
    report: Report, readers: Iterable[Officer], *, generation: int, at: datetime
) -> dict[KeyPurpose, ReportKey]:
    """Makes a generation of both key pairs and seals it to the readers; the talk's to the receipt.

    A step of filing and of removing a reader; the caller holds the report's lock.
    """
    officers = list(readers)
    keys = {}
    for purpose in KeyPurpose:
        pair = new_key_pair()
        key = ReportKey.objects.create(
            report=report,
            purpose=purpose,
            generation=generation,
            public_key=pair.public,
            created_at=at,
        )
        sealed = [
            SealedKey(
                key=key, officer=officer, sealed=seal(bytes(officer.public_key), pair.private)
            )
            for officer in officers
        ]
        if purpose is KeyPurpose.TALK:
            sealed.append(SealedKey(key=key, sealed=seal(bytes(report.receipt_key), pair.private)))
        SealedKey.objects.bulk_create(sealed)
        keys[purpose] = key
    return keys


def newest_key(report: Report, purpose: KeyPurpose) -> ReportKey:
    """Returns the key to which everything is sealed now."""
    return ReportKey.objects.filter(report=report, purpose=purpose).latest("generation")


def seal_to(key: ReportKey, record: Mapping[str, Any]) -> bytes:
    """Returns a record sealed to a report's key."""
    return seal_record(bytes(key.public_key), record)


def sealed_keys_of(reader: Reader) -> Any:
    """Returns the sealed keys of an officer, or those that the reporter's receipt opens."""
    if reader.officer is not None:
        return SealedKey.objects.filter(officer=reader.officer)
    return SealedKey.objects.filter(officer=None, key__report__receipt_key=reader.receipt_key)


def key_ring(report: Report, reader: Reader) -> KeyRing:
    """Returns the report's keys that the reader can open.

    Raises NotFound where there is none: no row, no key, and no sign that the report exists.
    """
    rows = sealed_keys_of(reader).filter(key__report=report)
    opened = {row.key_id: open_sealed(reader.private_key, bytes(row.sealed)) for row in rows}
    if not opened:
        raise NotFound()
    return KeyRing(report, opened)


def readers_of(report: Report) -> list[Officer]:
    """Returns the officers who hold the newest key of the report's file."""
    key = newest_key(report, KeyPurpose.FILE)
    return [
        row.officer
        for row in key.sealed_keys.select_related("officer__user").order_by("officer__appointed_at")
        if row.officer is not None
    ]
