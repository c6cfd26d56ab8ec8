"""Sealed files: kept with a report, listed, read piece by piece, and swept away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from nacl import bindings
from nacl.exceptions import CryptoError

from office.refusals import Invalid
from whistleblowing.files.upload import MOST_FILES, SealedUpload
from whistleblowing.keys.report_keys import KeyRing, newest_key, seal_to
from whistleblowing.keys.sealing import WrongKey
from whistleblowing.models import FilePiece, Report, SealedFile
from whistleblowing.words import KeyPurpose

# No upload lasts as long: a piece whose file has no row by then never will have one.
UNDECIDED = timedelta(days=1)


@dataclass(frozen=True)
class FileFacts:
    """What a reader sees of a file before opening it."""

    id: UUID
    name: str
    size: int
    sha256: str
    content_type: str
    stream_key: bytes
    received_at: datetime
    in_talk: bool
    kind: str = ""


def check_uploads(uploads: Iterable[SealedUpload]) -> list[SealedUpload]:
    """Refuses too many, too large and empty files; returns the uploads."""
    files = list(uploads)
    if len(files) > MOST_FILES:
        raise Invalid("too_many_files", _("一次最多 %(most)s 个文件。"), most=MOST_FILES)
    if any(upload.too_large for upload in files):
        raise Invalid("file_too_large", _("单个文件不能超过 200 MB。"))
    if any(not upload.size for upload in files):
        raise Invalid("file_empty", _("有文件是空的，请检查后重新选择。"))
    return files


def keep_files(
    report: Report, uploads: Iterable[SealedUpload], purpose: KeyPurpose, *, at: datetime
) -> list[str]:
    """Gives sealed uploads their rows and returns their ids. A step; the caller holds the lock."""
    key = newest_key(report, purpose)
    rows = [
        SealedFile(
            id=upload.file_id,
            report=report,
            key=key,
            sealed_facts=seal_to(key, upload.facts()),
            received_at=at,
        )
        for upload in uploads
    ]
    SealedFile.objects.bulk_create(rows)
    return [str(row.pk) for row in rows]


def opened_files(ring: KeyRing) -> list[FileFacts]:
    """Returns the files of a report whose facts the ring's keys open, the oldest first."""
    rows = SealedFile.objects.filter(report=ring.report).select_related("key")
    return [
        _facts(row, ring) for row in rows.order_by("received_at", "pk") if ring.can_open(row.key_id)
    ]


def _facts(row: SealedFile, ring: KeyRing) -> FileFacts:
    record = ring.open(row.key_id, bytes(row.sealed_facts))
    return FileFacts(
        row.pk,
        str(record["name"]),
        int(record["size"]),
        str(record["sha256"]),
        str(record["type"]),
        bytes.fromhex(record["key"]),
        row.received_at,
        row.key.purpose == KeyPurpose.TALK,
        str(record.get("kind", "")),
    )


def clear_pieces(facts: FileFacts) -> Iterator[bytes]:
    """Yields the file's clear bytes, one piece in memory at a time.

    Raises WrongKey where a piece is missing, changed, out of order, or the file was cut off.
    """
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    head = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
    final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
    tag, number = None, 0
    while tag != final:
        piece = FilePiece.objects.filter(file_id=facts.id, number=number).first()
        if piece is None:
            raise WrongKey
        sealed = bytes(piece.sealed)
        if number == 0:
            bindings.crypto_secretstream_xchacha20poly1305_init_pull(
                state, sealed[:head], facts.stream_key
            )
            sealed = sealed[head:]
        try:
            clear, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, sealed)
        except (CryptoError, RuntimeError):
            raise WrongKey from None
        yield clear
        number += 1


def sweep_pieces(at: datetime) -> int:
    """Deletes pieces whose file never got a row; returns how many. A step of the nightly task."""
    lost = FilePiece.objects.filter(written_at__lt=at - UNDECIDED).exclude(
        file_id__in=SealedFile.objects.values("pk")
    )
    return lost.delete()[0]
