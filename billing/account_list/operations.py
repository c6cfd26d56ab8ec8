"""A company's account list taken into the books, whole or not at all."""

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
from office.advisory_locks import AdvisoryLock, lock_session, unlock_session
from office.calendar import business_date
from office.intake.correction_file import write_correction_file
from office.intake.sheet import ListSheet, open_sheet
from office.jobs import enqueue_job
from office.models import Company, Job
from office.permissions import authorise
from office.refusals import Refused

_BLOCK = 1024 * 1024
_LOADED = 0.95


class Watch:
    """Somebody who wants to know how far the import is and what came of it."""

    def progress(self, portion: float) -> None:
        """`portion` of the work, from 0 to 1, is done."""

    def finished(self, outcome: Outcome) -> None:
        """Every row that was refused or warned of, before the report is cut to what is shown."""


def preview_accounts(
    company: Company, file: File[Any], *, by: Actor, at: datetime, watch: Watch | None = None
) -> Outcome:
    """Say what importing the list would do; nothing at all is written."""
    authorise(by, "billing.import_accounts", company)
    watch = watch or Watch()
    with _one_import_at_a_time(company), _examined(company, file, at, watch) as (_sheet, found):
        watch.finished(found.outcome)
        return found.outcome


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
    """Load the good rows of the list in one transaction and keep the list with its report.

    One transaction, because accounts, contracts and debts that are half there are worse than
    an import that has to be started again; a second start finds nothing changed. A dry run
    changes no record but keeps the list and its report. Imports of a company wait for each other.
    """
    authorise(by, "billing.import_accounts", company)
    watch = watch or Watch()
    try:
        with ExitStack() as stack:
            stack.enter_context(_one_import_at_a_time(company))
            # A worker that was believed dead may have finished while this one waited.
            if job is not None and (done := AccountImport.objects.filter(job=job).first()):
                return done
            sheet, found = stack.enter_context(_examined(company, file, at, watch))
            record = AccountImport(
                company=company,
                file_name=PurePath(file.name or "").name[:200],
                sha256=_sha256(file),
                dry_run=dry_run,
                job=job,
                imported_by=by.user,
                imported_at=at,
                report=found.outcome.as_json(most=SHOWN),
            )
            _keep_file(record, file)
            _keep_refused_rows(record, sheet, found.outcome)
            _load(record, found, by=by, at=at, watch=watch)
            watch.finished(found.outcome)
            return record
    except IntegrityError as error:
        raise Refused(
            "records_changed", _("导入期间有人修改了档案，本次导入没有写入任何内容，请重新导入。")
        ) from error


def queue_account_import(
    company: Company, file: File[Any], *, dry_run: bool, by: Actor, at: datetime
) -> Job:
    """Keep the list and have a worker import it; the job's result names the `AccountImport`."""
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
    record: AccountImport, found: Examination, *, by: Actor, at: datetime, watch: Watch
) -> None:
    company = record.company
    seasons = []
    if not record.dry_run:
        seasons = open_past_seasons(company, past_labels(), by=by, at=at)
    with transaction.atomic():
        if not record.dry_run:
            load_accounts(company, starts=found.season.starts)
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
            accounts_new=found.outcome.accounts_new,
            rows_refused=len(found.outcome.refused),
            opening_arrears_new_fen=found.outcome.opening_arrears_new_fen,
        )


@contextmanager
def _examined(
    company: Company, file: File[Any], at: datetime, watch: Watch
) -> Iterator[tuple[ListSheet, Examination]]:
    sheet = open_sheet(_binary(file), file.name or "", COLUMNS)
    with examined(company, sheet, today=business_date(at), progress=watch.progress) as found:
        yield sheet, found


@contextmanager
def _one_import_at_a_time(company: Company) -> Iterator[None]:
    # Held by the session and not by a transaction: the seasons of the list are opened in one of
    # their own, between the examination and the load.
    lock_session(AdvisoryLock.ACCOUNT_LIST, company.pk)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            unlock_session(AdvisoryLock.ACCOUNT_LIST, company.pk)


def _keep_file(record: AccountImport, file: File[Any]) -> None:
    if record.job is not None and (stored := record.job.params.get("stored")):
        record.file.name = stored
        return
    file.seek(0)
    record.file.save(record.file_name, File(_binary(file)), save=False)


def _keep_refused_rows(record: AccountImport, sheet: ListSheet, outcome: Outcome) -> None:
    if not outcome.refused:
        return
    with tempfile.TemporaryDirectory(prefix="refused-rows-") as directory:
        path = Path(directory) / f"{PurePath(record.file_name).stem[:60]}-待更正.xlsx"
        write_correction_file(path, sheet, outcome.refused, name_key="name")
        with path.open("rb") as written:
            record.refused_file.save(path.name, File(written), save=False)


def _binary(file: File[Any]) -> BinaryIO:
    return file.file  # type: ignore[return-value]


def _sha256(file: File[Any]) -> str:
    seen = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        seen.update(block)
    return seen.hexdigest()
