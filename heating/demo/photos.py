"""Pictures kept as evidence: plain, small, and every one different."""

import struct
import zlib
from datetime import datetime
from io import BytesIO

from django.db import models

from office.actors import Actor
from office.documents.operations import Upload, attach_document
from office.models import Company, Document

_WIDTH, _HEIGHT = 240, 160


def keep_photo(
    target: models.Model, company: Company, title: str, *, by: Actor, at: datetime
) -> Document:
    """Keep a picture with a record."""
    upload = Upload(f"{title}.png", BytesIO(_png(zlib.crc32(f"{target.pk}{title}{at}".encode()))))
    return attach_document(
        target, upload, company=company, kind="evidence", title=title, by=by, at=at
    )


def _png(seed: int) -> bytes:
    """A gradient in a colour of its own."""
    red, green, blue = seed & 0x7F, seed >> 8 & 0x7F, seed >> 16 & 0x7F
    rows = b"".join(
        b"\0" + bytes((red + shade, green + shade, blue + shade)) * _WIDTH
        for shade in (row * 120 // _HEIGHT for row in range(_HEIGHT))
    )
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
    )
