"""The files of an imported list: what was handed in, and its refused rows to correct."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from django.core.files import File

from office.intake.correction_file import write_correction_file
from office.intake.remarks import Remark
from office.intake.sheet import ListSheet

_BLOCK = 1024 * 1024


def binary_of(file: File[Any]) -> BinaryIO:
    """Returns the open file behind Django's."""
    return file.file  # type: ignore[return-value]


def sha256_of(file: File[Any]) -> str:
    """Returns the SHA-256 of the content, read in blocks."""
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def store_list_file(record: Any, file: File[Any]) -> None:
    """Stores the list that was handed in; one that a job imports is stored already. A step of the
    import."""
    if record.job is not None and (stored := record.job.params.get("stored")):
        record.file.name = stored
        return
    file.seek(0)
    record.file.save(record.file_name, File(binary_of(file)), save=False)


def store_refused_rows(
    record: Any, sheet: ListSheet, refused: Mapping[int, Sequence[Remark]], *, name_key: str
) -> None:
    """Stores the refused rows as a spreadsheet to correct; none where nothing is refused. A step
    of the import."""
    if not refused:
        return
    with tempfile.TemporaryDirectory(prefix="refused-rows-") as directory:
        path = Path(directory) / f"{PurePath(record.file_name).stem[:60]}-待更正.xlsx"
        write_correction_file(path, sheet, refused, name_key=name_key)
        with path.open("rb") as written:
            record.refused_file.save(path.name, File(written), save=False)
