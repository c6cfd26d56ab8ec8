"""Uploads that are sealed while they come in: no clear byte touches the disk or stays in memory."""

import hashlib
import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils import timezone
from nacl import bindings
from nacl.utils import random

from whistleblowing.files.kinds import kind_of
from whistleblowing.models import FilePiece

PIECE_BYTES = 1024 * 1024
LARGEST_FILE = 200 * 1024 * 1024
MOST_FILES = 10


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs only
    """A file of a form: its pieces are stored sealed, its name and key are here in memory only."""

    def __init__(self, name: str, content_type: str, field: str) -> None:
        super().__init__(name=name, content_type=content_type, size=0)
        self.field = field
        self.file_id = uuid.uuid4()
        self.stream_key = random(bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES)
        self.digest = ""
        self.too_large = False
        self.head = b""

    def facts(self) -> dict[str, Any]:
        """Returns what is sealed to the report's key: with it the pieces can be read."""
        return {
            "name": self.name or "",
            "type": self.content_type or "",
            "kind": kind_of(self.name or "", self.head),
            "size": self.size,
            "sha256": self.digest,
            "key": self.stream_key.hex(),
        }


class SealingUploadHandler(FileUploadHandler):
    """Seals each file by secretstream and stores the pieces as they come, in constant memory.

    A file beyond `LARGEST_FILE` is read to its end without being stored, and marked.
    """

    chunk_size = 64 * 1024

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._uploads = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins a file; its name is kept for the seal."""
        super().new_file(*args, **kwargs)
        self._uploads += 1
        self._upload = SealedUpload(
            self.file_name or "", self.content_type or "", self.field_name or ""
        )
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        self._header = bindings.crypto_secretstream_xchacha20poly1305_init_push(
            self._state, self._upload.stream_key
        )
        self._hash = hashlib.sha256()
        self._waiting = bytearray()
        self._number = 0
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Takes a chunk; nothing is handed on to a handler that writes to the disk."""
        self._size += len(raw_data)
        if self._size > LARGEST_FILE or self._uploads > MOST_FILES:
            self._upload.too_large = True
            self._waiting.clear()
            return
        if not self._upload.head:
            self._upload.head = raw_data[:16]
        self._hash.update(raw_data)
        self._waiting += raw_data
        while len(self._waiting) > PIECE_BYTES:
            self._store(bytes(self._waiting[:PIECE_BYTES]), last=False)
            del self._waiting[:PIECE_BYTES]

    def file_complete(self, file_size: int) -> SealedUpload:
        """Ends the file; its last piece is marked, so that a part cannot be read as the whole."""
        upload = self._upload
        if upload.too_large:
            FilePiece.objects.filter(file_id=upload.file_id).delete()
        else:
            self._store(bytes(self._waiting), last=True)
        upload.size, upload.digest = self._size, self._hash.hexdigest()
        self._waiting = bytearray()
        return upload

    def _store(self, clear: bytes, *, last: bool) -> None:
        tag = (
            bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
            if last
            else bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
        )
        sealed = bindings.crypto_secretstream_xchacha20poly1305_push(self._state, clear, None, tag)
        # The header of the stream stands in front of its first piece.
        head = self._header if self._number == 0 else b""
        FilePiece.objects.create(
            file_id=self._upload.file_id,
            number=self._number,
            sealed=head + sealed,
            written_at=timezone.now(),
        )
        self._number += 1


def seal_uploads(request: HttpRequest) -> None:
    """Makes the request's files go through `SealingUploadHandler` alone.

    Called before anything reads the form: the view is exempt from the CSRF check of the middleware,
    which would have read it, and checks later itself.
    """
    request.upload_handlers = [SealingUploadHandler(request)]
