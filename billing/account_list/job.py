"""The import of an account list as background work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from billing.account_list.operations import Watch, import_accounts
from billing.models import AccountImport
from office.jobs import JobTakenOver, RunningJob, job
from office.refusals import NotFound

_PERCENT = 100
_BEAT_SECONDS = 5


@job("import_accounts")
def carry_out_account_import(work: RunningJob) -> dict[str, Any]:
    """Import the stored list; started again after it was done, it answers with what was done."""
    record = AccountImport.objects.filter(job=work.row).first()
    if record is None:
        company = work.row.company
        if company is None:
            raise NotFound()
        with default_storage.open(work.params["stored"]) as file, _alive(work) as watch:
            file.name = work.params["file_name"]
            record = import_accounts(
                company,
                file,
                dry_run=work.params["dry_run"],
                by=work.actor(),
                at=timezone.now(),
                job=work.row,
                watch=watch,
            )
    return {"account_import": record.pk, "rows_refused": record.report["rows_refused_count"]}


class _Pulse(Watch):
    """Progress told from beside the import: its own transaction would hide it until the end."""

    def __init__(self, work: RunningJob) -> None:
        self._work = work
        self._portion = 0.0
        self._over = threading.Event()
        self._taken: JobTakenOver | None = None

    def progress(self, portion: float) -> None:
        if self._taken is not None:
            raise self._taken
        self._portion = portion

    def beat(self) -> None:
        try:
            while not self._over.wait(_BEAT_SECONDS):
                self._work.progress(int(self._portion * _PERCENT), _PERCENT)
        except JobTakenOver as taken:
            self._taken = taken
        finally:
            connection.close()

    def stop(self) -> None:
        self._over.set()


@contextmanager
def _alive(work: RunningJob) -> Iterator[Watch]:
    pulse = _Pulse(work)
    beating = threading.Thread(target=pulse.beat, name="import-pulse", daemon=True)
    beating.start()
    try:
        yield pulse
    finally:
        pulse.stop()
        beating.join()
