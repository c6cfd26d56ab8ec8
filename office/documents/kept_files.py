"""Files of documents: a transaction that is rolled back leaves no file behind.

A file is written before its row is committed, so that no row ever lacks its file. When a later step
refuses, the file is removed at the end of the request; after a kill, and after a list that could
not be imported, the nightly sweep removes it. Both look for its row first and never remove a file
that has one.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import FileField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from office.models import Document, Job, JobState

logger = logging.getLogger(__name__)

# No transaction lasts as long: what has no row by then never will have one.
UNDECIDED = timedelta(days=1)
# Names of files whose rows are not committed yet, with their sha256.
_written: ContextVar[dict[str, str] | None] = ContextVar("written", default=None)


class RefusedFilesMiddleware:
    """Removes, at the end of a request, the files whose documents were not committed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with refused_files_removed():
            return self.get_response(request)


@contextmanager
def refused_files_removed() -> Iterator[None]:
    """Removes at the end the files reported by `file_written` whose rows were not committed."""
    written: dict[str, str] = {}
    token = _written.set(written)
    try:
        yield
    finally:
        _written.reset(token)
        _remove_unkept(written)


def file_written(name: str, sha256: str) -> None:
    """Reports that a file is in its place and has no row yet."""
    written = _written.get()
    if written is not None:
        written[name] = sha256


def row_written(name: str) -> None:
    """Reports that the file has a row now; the file stays once the transaction has committed."""
    written = _written.get()
    if written is not None:
        transaction.on_commit(lambda: written.pop(name, None))


def remove_lost_files(at: datetime) -> int:
    """Removes files of this month and the last that belong to no row and no waiting job.

    Files younger than a day stay, since their row may not be committed yet. Returns how many files
    were removed.
    """
    this_month = timezone.localtime(at).replace(day=1)
    lost = [
        name
        for upload_to, fields in _file_fields().items()
        for month in (this_month - timedelta(days=1), this_month)
        for name in _without_row(f"{month:{upload_to}}", fields)
        if default_storage.get_modified_time(name) < at - UNDECIDED
    ]
    for name in lost:
        logger.warning("file without a row removed: %s", name)
        default_storage.delete(name)
    return len(lost)


def _file_fields() -> dict[str, list[FileField]]:
    """Returns every column that names files, by the directory in which they lie."""
    fields: dict[str, list[FileField]] = defaultdict(list)
    for model in apps.get_models():
        for field in model._meta.fields:  # noqa: SLF001
            if isinstance(field, FileField):
                fields[str(field.upload_to)].append(field)
    return fields


def _without_row(folder: str, fields: list[FileField]) -> list[str]:
    """Returns the files of a folder that no row and no waiting job names."""
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    # A list that waits for its import gets its row when the job has read it.
    waiting = Job.objects.filter(state__in=(JobState.QUEUED, JobState.RUNNING))
    stored_names = set(waiting.values_list("params__stored", flat=True))
    for field in fields:
        rows = field.model._base_manager.filter(**{f"{field.name}__startswith": folder})  # noqa: SLF001
        stored_names |= set(rows.values_list(field.name, flat=True))
    return [
        name
        for name in (f"{folder}{name_in_folder}" for name_in_folder in names)
        if name not in stored_names
    ]


def _remove_unkept(written: dict[str, str]) -> None:
    """Removes those of the written files that have no row."""
    if not written:
        return
    # The rows are found by sha256, since that column has an index and the file name has none.
    rows = Document.objects.filter(sha256__in=set(written.values()))
    try:
        stored_names = set(rows.values_list("file", flat=True))
    except DatabaseError:
        logger.exception("files of refused documents are left to the sweep")
        return
    for name in written:
        if name not in stored_names:
            default_storage.delete(name)
