"""A file goes with its row: what was rolled back or refused leaves no file behind.

A file is written before its row is committed, so that no row ever lacks its file. When a later step
refuses, a document's file is taken away at the end of the request; after a kill, and where a list
was handed in that could not be imported, by the nightly sweep. Both ask the rows first: a file with
a row is never touched.
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
    """Every request takes away the files of the documents it did not keep."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with refused_files_removed():
            return self.get_response(request)


@contextmanager
def refused_files_removed() -> Iterator[None]:
    """Take away at the end what `file_written` was told of and no transaction has kept."""
    written: dict[str, str] = {}
    token = _written.set(written)
    try:
        yield
    finally:
        _written.reset(token)
        _remove_unkept(written)


def file_written(name: str, sha256: str) -> None:
    """A document's file is in its place, its row not yet committed."""
    written = _written.get()
    if written is not None:
        written[name] = sha256
        transaction.on_commit(lambda: written.pop(name, None))


def remove_lost_files(at: datetime) -> int:
    """Remove the files of this month and the last that belong to no row; how many."""
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
    """Every column that names files, by where they lie."""
    fields: dict[str, list[FileField]] = defaultdict(list)
    for model in apps.get_models():
        for field in model._meta.fields:  # noqa: SLF001
            if isinstance(field, FileField):
                fields[str(field.upload_to)].append(field)
    return fields


def _without_row(folder: str, fields: list[FileField]) -> list[str]:
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    # What a job still has to read gets its row when it has read it.
    waiting = Job.objects.filter(state__in=(JobState.QUEUED, JobState.RUNNING))
    known = set(waiting.values_list("params__stored", flat=True))
    for field in fields:
        rows = field.model._base_manager.filter(**{f"{field.name}__startswith": folder})  # noqa: SLF001
        known |= set(rows.values_list(field.name, flat=True))
    return [name for name in (f"{folder}{one}" for one in names) if name not in known]


def _remove_unkept(written: dict[str, str]) -> None:
    if not written:
        return
    # By the sha256, which has an index.
    rows = Document.objects.filter(sha256__in=set(written.values()))
    try:
        known = set(rows.values_list("file", flat=True))
    except DatabaseError:
        logger.exception("files of refused documents are left to the sweep")
        return
    for name in written:
        if name not in known:
            default_storage.delete(name)
