"""The import of a list of posts or people, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from office import journal
from office.actors import Actor
from office.intake.cells import shown
from office.intake.list_files import (
    binary_of,
    sha256_of,
    store_list_file,
    store_refused_rows,
)
from office.intake.list_report import ListOutcome, report_of
from office.intake.remarks import Remark, by_row
from office.intake.row_reader import RowReader
from office.intake.sheet import ListSheet, open_sheet
from office.jobs.queue import enqueue_job
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit
from office.models import Company, Job, OrganisationList, OrganisationListKind
from office.organisation.list_columns import COLUMNS, NAME_KEYS, READERS
from office.organisation.list_entries import Enter, entering
from office.permissions import authorise
from office.refusals import Refused

Progress = Callable[[float], None]
_REPORTED_EVERY = 200


@transaction.atomic
def import_organisation_list(
    company: Company,
    kind: OrganisationListKind,
    file: File[Any],
    *,
    dry_run: bool,
    by: Actor,
    at: datetime,
    job: Job | None = None,
    progress: Progress = lambda portion: None,
) -> OrganisationList:
    """Enters the good rows of a list in one transaction and stores the list with its report.

    A dry run does the same and takes it back, so that the preview says what the import will say. A
    list that is imported again finds its rows on file.
    """
    authorise(by, "office.import_organisation_list", company)
    # One list of a company at a time: a second worker, taken for dead, finds the first one's row.
    lock_until_commit(AdvisoryLock.ORGANISATION_LIST, company.pk)
    if job is not None and (done := OrganisationList.objects.filter(job=job).first()):
        return done
    sheet = open_sheet(binary_of(file), file.name or "", COLUMNS[kind])
    enter = entering(kind, company, by=by, at=at)
    outcome = _take(kind, sheet, enter, dry_run=dry_run, progress=progress)
    record = OrganisationList(
        company=company,
        kind=kind,
        file_name=PurePath(file.name or "").name[:200],
        sha256=sha256_of(file),
        dry_run=dry_run,
        job=job,
        imported_by=by.user,
        imported_at=at,
        report=report_of(outcome, sheet),
    )
    store_list_file(record, file)
    store_refused_rows(record, sheet, outcome.refused, name_key=NAME_KEYS[kind])
    record.save()
    journal.record(
        "import_organisation_list",
        record,
        by=by,
        at=at,
        list=kind.value,
        dry_run=dry_run,
        sha256=record.sha256,
        rows_new=outcome.new,
        rows_refused=len(outcome.refused),
    )
    return record


def queue_organisation_list(
    company: Company,
    kind: OrganisationListKind,
    file: File[Any],
    *,
    dry_run: bool,
    by: Actor,
    at: datetime,
) -> Job:
    """Stores the list and queues its import; the job's result names the `OrganisationList`.

    No line in the journal: the job stores who asked for it, and the import records its own line.
    """
    authorise(by, "office.import_organisation_list", company)
    name = PurePath(file.name or "清单").name[-150:]
    sha256 = sha256_of(file)
    file.seek(0)
    stored = default_storage.save(f"organisation-lists/{at:%Y/%m}/{name}", file)
    return enqueue_job(
        "import_organisation_list",
        key=f"import_organisation_list:{company.pk}:{kind}:{sha256}:{dry_run}",
        by=by,
        at=at,
        company=company,
        list=kind.value,
        stored=stored,
        file_name=name,
        dry_run=dry_run,
    )


@transaction.atomic
def _take(
    kind: OrganisationListKind, sheet: ListSheet, enter: Enter, *, dry_run: bool, progress: Progress
) -> ListOutcome:
    """A step of `import_organisation_list`, in a transaction of its own within it: reads every row
    and enters the good ones; a refused row is taken back whole, a dry run everything.
    """
    reader = RowReader(READERS[kind], sheet.header)
    name_place = sheet.header.places[NAME_KEYS[kind]]
    faults: list[Remark] = []
    names: dict[int, str] = {}
    count, new, on_file = 0, 0, 0
    for row, cells in sheet.rows():
        count += 1
        if count % _REPORTED_EVERY == 0:
            progress(sheet.portion(row))
        values, remarks = reader.read(row, cells)
        if not remarks:
            try:
                # A row is several operations: what a refused one has begun is taken back.
                with transaction.atomic():
                    is_new = enter(values)
                new, on_file = new + is_new, on_file + (not is_new)
            except Refused as refusal:
                remarks = [Remark(row, "", refusal.sentence)]
        if remarks:
            names[row] = shown(cells[name_place]) if name_place < len(cells) else ""
            faults += remarks
    transaction.set_rollback(dry_run)
    return ListOutcome(count, new, on_file, by_row(faults, sheet.header.order), names)
