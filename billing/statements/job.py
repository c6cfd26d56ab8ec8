"""The import of a bank statement as a background job."""

from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from billing.models import BankStatement, CompanyBankAccount
from billing.statements.operations import Watch, import_statement
from office.jobs.heartbeat import Heartbeat, beating
from office.jobs.queue import RunningJob, job


@job("import_statement")
def carry_out_statement_import(work: RunningJob) -> dict[str, Any]:
    """Imports the stored statement; a repeated start after success returns the first result."""
    statement = BankStatement.objects.filter(job=work.row).first()
    if statement is None:
        bank_account = CompanyBankAccount.objects.select_related("company").get(
            pk=work.params["bank_account"]
        )
        with default_storage.open(work.params["stored"]) as file, beating(work) as heartbeat:
            file.name = work.params["file_name"]
            statement = import_statement(
                bank_account,
                file,
                dry_run=work.params["dry_run"],
                by=work.actor(),
                at=timezone.now(),
                job=work.row,
                watch=_Pulse(heartbeat),
            )
    return {"bank_statement": statement.pk, "new_lines": statement.new_count}


class _Pulse(Watch):
    """The observer that passes the import's progress on to the job's heartbeat."""

    def __init__(self, heartbeat: Heartbeat) -> None:
        self._heartbeat = heartbeat

    def progress(self, portion: float) -> None:
        self._heartbeat.progress(portion)
