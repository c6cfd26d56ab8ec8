"""The import of an account list as a background job."""

from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from billing.account_list.operations import Watch, import_accounts
from billing.models import AccountImport
from office.jobs.heartbeat import Heartbeat, beating
from office.jobs.queue import RunningJob, job
from office.refusals import NotFound


@job("import_accounts")
def carry_out_account_import(work: RunningJob) -> dict[str, Any]:
    """Imports the stored list; a repeated start after success returns the first result."""
    record = AccountImport.objects.filter(job=work.row).first()
    if record is None:
        company = work.row.company
        if company is None:
            raise NotFound()
        with default_storage.open(work.params["stored"]) as file, beating(work) as heartbeat:
            file.name = work.params["file_name"]
            record = import_accounts(
                company,
                file,
                dry_run=work.params["dry_run"],
                by=work.actor(),
                at=timezone.now(),
                job=work.row,
                watch=_Pulse(heartbeat),
            )
    return {"account_import": record.pk, "rows_refused": record.report["rows_refused_count"]}


class _Pulse(Watch):
    """The observer that passes the import's progress on to the job's heartbeat."""

    def __init__(self, heartbeat: Heartbeat) -> None:
        self._heartbeat = heartbeat

    def progress(self, portion: float) -> None:
        self._heartbeat.progress(portion)
