"""The import of a company's account list, which takes all good rows or none."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from billing.account_list.columns import COLUMNS
from billing.account_list.examination import Examination, examined
from billing.account_list.loading import load_accounts
from billing.account_list.opening import open_past_seasons, past_labels, post_opening_arrears
from billing.account_list.report import SHOWN, Outcome
from billing.models import AccountImport
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.correction_file import write_correction_file
from office.intake.sheet import ListSheet, open_sheet
from office.jobs.queue import enqueue_job
from office.locks.advisory_locks import AdvisoryLock, lock_session, unlock_session
from office.models import Company, Job
from office.permissions import authorise
from office.refusals import Refused

_BLOCK = 1024 * 1024
# The portion of the work that is done when the records are written and the report is not.
_LOADED = 0.95


class Watch:
    """The interface of an observer who follows the import's progress and receives its result."""

    def progress(self, portion: float) -> None:
        """Reports that `portion` of the work, from 0 to 1, is done."""

    def finished(self, outcome: Outcome) -> None:
        """Reports every row with an error or warning, before the report is shortened for
        display.
        """


def preview_accounts(
    company: Company, file: File[Any], *, by: Actor, at: datetime, watch: Watch | None = None
) -> Outcome:
    """Returns what importing the list would do; nothing is written.

    No line in the journal: no record changes.
    """
    authorise(by, "billing.import_accounts", company)
    watch = watch or Watch()
    with (
        _one_import_at_a_time(company),
        _examined(company, file, at, watch) as (_sheet, examination),
    ):
        watch.finished(examination.outcome)
        return examination.outcome


def import_accounts(
    company: Company,
    file: File[Any],
    *,
    dry_run: bool,
    by: Actor,
    at: datetime,
    job: Job | None = None,
    watch: Watch | None = None,
) -> AccountImport:
    """Loads the good rows of the list in one transaction and stores the list with its report.

    It is one transaction, because accounts, contracts and debts that exist only in part are worse
    than an import that must be started again; an import that is started again after it has
    succeeded finds nothing to change. A dry run changes no record but stores the list and its
    report. Imports of one company run one at a time. Raises Refused when somebody has changed
    records since the rows were checked.
    """
    authorise(by, "billing.import_accounts", company)
    watch = watch or Watch()
    try:
        with ExitStack() as stack:
            stack.enter_context(_one_import_at_a_time(company))
            # Another worker, taken for dead, may have finished this job while this one waited for
            # the lock.
            if job is not None and (done := AccountImport.objects.filter(job=job).first()):
                return done
            sheet, examination = stack.enter_context(_examined(company, file, at, watch))
            record = AccountImport(
                company=company,
                file_name=PurePath(file.name or "").name[:200],
                sha256=_sha256(file),
                dry_run=dry_run,
                job=job,
                imported_by=by.user,
                imported_at=at,
                report=examination.outcome.as_json(most=SHOWN),
            )
            _keep_file(record, file)
            _keep_refused_rows(record, sheet, examination.outcome)
            _load(record, examination, by=by, at=at, watch=watch)
            watch.finished(examination.outcome)
            return record
    # The rows were checked against the records before: only a change since then can violate a key.
    except IntegrityError as error:
        raise Refused(
            "records_changed", _("导入期间有人修改了档案，本次导入没有写入任何内容，请重新导入。")
        ) from error


def queue_account_import(
    company: Company, file: File[Any], *, dry_run: bool, by: Actor, at: datetime
) -> Job:
    """Stores the list and queues its import; the job's result names the `AccountImport`.

    No line in the journal: the job stores who asked for it, and the import records its own line.
    """
    authorise(by, "billing.import_accounts", company)
    name = PurePath(file.name or "台账").name[-150:]
    sha256 = _sha256(file)
    file.seek(0)
    stored = default_storage.save(f"account-lists/{at:%Y/%m}/{name}", file)
    return enqueue_job(
        "import_accounts",
        key=f"import_accounts:{company.pk}:{sha256}:{dry_run}",
        by=by,
        at=at,
        company=company,
        stored=stored,
        file_name=name,
        dry_run=dry_run,
    )


def _load(
    record: AccountImport, examination: Examination, *, by: Actor, at: datetime, watch: Watch
) -> None:
    """Writes the records and the report in one transaction; a dry run writes the report only."""
    company = record.company
    seasons = []
    if not record.dry_run:
        seasons = open_past_seasons(company, past_labels(), by=by, at=at)
    with transaction.atomic():
        if not record.dry_run:
            load_accounts(company, starts=examination.season.starts)
            for season in seasons:
                post_opening_arrears(season, at=at)
        watch.progress(_LOADED)
        record.save()
        journal.record(
            "import_accounts",
            record,
            by=by,
            at=at,
            dry_run=record.dry_run,
            sha256=record.sha256,
            accounts_new=examination.outcome.accounts_new,
            rows_refused=len(examination.outcome.refused),
            opening_arrears_new_fen=examination.outcome.opening_arrears_new_fen,
        )


@contextmanager
def _examined(
    company: Company, file: File[Any], at: datetime, watch: Watch
) -> Iterator[tuple[ListSheet, Examination]]:
    """Opens the list and checks its rows; the good ones stay in staging tables in the block."""
    sheet = open_sheet(_binary(file), file.name or "", COLUMNS)
    with examined(company, sheet, today=business_date(at), progress=watch.progress) as examination:
        yield sheet, examination


@contextmanager
def _one_import_at_a_time(company: Company) -> Iterator[None]:
    """Waits for the company's other imports and lets none begin before the block ends."""
    # The session has this lock, not a transaction: between examination and load the seasons of the
    # list are opened in a transaction of their own, and the lock must outlast its commit.
    lock_session(AdvisoryLock.ACCOUNT_LIST, company.pk)
    try:
        yield
    finally:
        # In a transaction that has failed no statement is possible; the lock ends with the session.
        if not connection.needs_rollback:
            unlock_session(AdvisoryLock.ACCOUNT_LIST, company.pk)


def _keep_file(record: AccountImport, file: File[Any]) -> None:
    """Stores the list; the one of a job is stored already, by `queue_account_import`."""
    if record.job is not None and (stored := record.job.params.get("stored")):
        record.file.name = stored
        return
    file.seek(0)
    record.file.save(record.file_name, File(_binary(file)), save=False)


def _keep_refused_rows(record: AccountImport, sheet: ListSheet, outcome: Outcome) -> None:
    """Stores the refused rows with their reasons as a file that can be corrected and imported."""
    if not outcome.refused:
        return
    with tempfile.TemporaryDirectory(prefix="refused-rows-") as directory:
        path = Path(directory) / f"{PurePath(record.file_name).stem[:60]}-待更正.xlsx"
        write_correction_file(path, sheet, outcome.refused, name_key="name")
        with path.open("rb") as written:
            record.refused_file.save(path.name, File(written), save=False)


def _binary(file: File[Any]) -> BinaryIO:
    """Returns the open file itself, without Django's wrapper."""
    return file.file  # type: ignore[return-value]


def _sha256(file: File[Any]) -> str:
    """Returns the digest of the whole file, read in blocks: lists may be large."""
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
