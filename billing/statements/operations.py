"""The import of a bank statement, which takes every new line or none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from billing.models import BankStatement, CompanyBankAccount, StatementHeadings
from billing.statements.after_import import alarm_of_reversals, find_entered_payments
from billing.statements.coded_files import CodedStatement
from billing.statements.columns import KEYS
from billing.statements.examination import examined
from billing.statements.headings import headings_of
from billing.statements.loading import load_lines
from billing.statements.report import SHOWN, StatementOutcome, reported_lines
from billing.statements.sheets import StatementSheet, open_statement
from billing.statements.soundness import check_sound
from office import journal
from office.actors import Actor
from office.jobs.queue import enqueue_job
from office.locks.advisory_locks import AdvisoryLock, lock_session, unlock_session
from office.models import Job
from office.permissions import authorise
from office.refusals import Invalid

_BLOCK = 1024 * 1024
_LOADED = 0.95
_MOST_HEADINGS = 5


class Watch:
    """The interface of an observer who follows an import and receives its result."""

    def progress(self, portion: float) -> None:
        """Reports that `portion` of the work, from 0 to 1, is done."""

    def finished(self, outcome: StatementOutcome) -> None:
        """Reports the outcome while every line can still be read by `reported_lines`."""


def preview_statement(
    bank_account: CompanyBankAccount,
    file: File[Any],
    *,
    by: Actor,
    at: datetime,
    watch: Watch | None = None,
) -> StatementOutcome:
    """Returns what importing the statement would do; nothing is written.

    No line in the journal: no record changes.
    """
    authorise(by, "billing.import_statement", bank_account.company)
    watch = watch or Watch()
    with (
        _one_import_at_a_time(bank_account),
        _examined(bank_account, file, watch) as outcome,
    ):
        watch.finished(outcome)
        return outcome


def import_statement(
    bank_account: CompanyBankAccount,
    file: File[Any],
    *,
    dry_run: bool,
    by: Actor,
    at: datetime,
    job: Job | None = None,
    watch: Watch | None = None,
) -> BankStatement:
    """Stores the statement with every line that is new, in one transaction; books nothing.

    A statement that leaves a row unread or whose balances do not agree is refused as a whole. The
    same statement again adds nothing. A dry run stores the file and its report only. The headings
    of the columns are remembered with the bank account. Imports of one bank account run one at a
    time.
    """
    authorise(by, "billing.import_statement", bank_account.company)
    watch = watch or Watch()
    with _one_import_at_a_time(bank_account):
        # Another worker, taken for dead, may have finished this job while this one waited for the
        # lock.
        if job is not None and (done := BankStatement.objects.filter(job=job).first()):
            return done
        with _examined(bank_account, file, watch) as outcome:
            if not dry_run:
                check_sound(outcome)
            statement = _statement(bank_account, file, outcome, dry_run=dry_run, by=by, at=at)
            statement.job = job
            _keep_file(statement, file)
            _store(statement, outcome, by=by, at=at)
            watch.progress(_LOADED)
            watch.finished(outcome)
            return statement


def queue_statement(
    bank_account: CompanyBankAccount, file: File[Any], *, dry_run: bool, by: Actor, at: datetime
) -> Job:
    """Stores the file and queues its import; the job's result names the `BankStatement`.

    No line in the journal: the job stores who asked for it, and the import records its own line.
    """
    authorise(by, "billing.import_statement", bank_account.company)
    name = PurePath(file.name or "对账单").name[-150:]
    sha256 = _sha256(file)
    file.seek(0)
    stored = default_storage.save(f"bank-statements/{at:%Y/%m}/{name}", file)
    return enqueue_job(
        "import_statement",
        key=f"import_statement:{bank_account.pk}:{sha256}:{dry_run}",
        by=by,
        at=at,
        company=bank_account.company,
        bank_account=bank_account.pk,
        stored=stored,
        file_name=name,
        dry_run=dry_run,
    )


@transaction.atomic
def remember_headings(
    bank_account: CompanyBankAccount, headings: dict[str, str], *, by: Actor, at: datetime
) -> StatementHeadings:
    """Stores what the statements of a bank account call their columns, by column key.

    What they were called before is remembered as well: a bank may export in several forms. Raises
    `Invalid` for an unknown key and for a heading that is given to two columns.
    """
    authorise(by, "billing.import_statement", bank_account.company)
    new_headings = {key: heading.strip() for key, heading in headings.items() if heading.strip()}
    if not new_headings.keys() <= set(KEYS):
        raise Invalid("column_unknown", _("没有这一列，请刷新后重填。"))
    if len(set(new_headings.values())) < len(new_headings):
        raise Invalid("heading_twice", _("同一个列名不能用于两列，请核对。"))
    remembered = _remember(bank_account, new_headings)
    journal.record(
        "remember_headings",
        remembered,
        by=by,
        at=at,
        company=bank_account.company,
        headings=new_headings,
    )
    return remembered


def _store(statement: BankStatement, outcome: StatementOutcome, *, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        statement.save()
        if not statement.dry_run:
            load_lines(statement)
            find_entered_payments(statement, by=by, at=at)
            alarm_of_reversals(statement, at=at)
            _remember(statement.bank_account, outcome.headings)
        journal.record(
            "import_statement",
            statement,
            by=by,
            at=at,
            dry_run=statement.dry_run,
            sha256=statement.sha256,
            lines=statement.line_count,
            new_lines=statement.new_count,
        )


def _statement(
    bank_account: CompanyBankAccount,
    file: File[Any],
    outcome: StatementOutcome,
    *,
    dry_run: bool,
    by: Actor,
    at: datetime,
) -> BankStatement:
    """Returns the unsaved statement with its report, which shows the first lines only."""
    shown = reported_lines("line_id IS NULL", at_once=SHOWN)
    return BankStatement(
        company=bank_account.company,
        bank_account=bank_account,
        file_name=PurePath(file.name or "").name[:200],
        sha256=_sha256(file),
        dry_run=dry_run,
        opening_fen=outcome.proof.opening_fen,
        closing_fen=outcome.proof.closing_fen,
        first_day=outcome.counts.first_day,
        last_day=outcome.counts.last_day,
        line_count=outcome.counts.lines,
        new_count=outcome.counts.new_lines,
        imported_by=by.user,
        imported_at=at,
        report={
            **outcome.summary(),
            "rows": [line.shown() for line, _ in zip(shown, range(SHOWN), strict=False)],
        },
    )


def _remember(bank_account: CompanyBankAccount, headings: dict[str, str]) -> StatementHeadings:
    """Puts the headings before those remembered; a heading belongs to one column only."""
    earlier = headings_of(bank_account)
    new_names = set(headings.values())
    merged = {
        key: [
            *([headings[key]] if key in headings else []),
            *(name for name in earlier.get(key, ()) if name not in new_names),
        ][:_MOST_HEADINGS]
        for key in KEYS
        if key in headings or key in earlier
    }
    remembered, _created = StatementHeadings.objects.update_or_create(
        bank_account=bank_account, defaults={"headings": merged}
    )
    return remembered


@contextmanager
def _examined(
    bank_account: CompanyBankAccount, file: File[Any], watch: Watch
) -> Iterator[StatementOutcome]:
    opened = open_statement(_binary(file), file.name or "", headings_of(bank_account))
    _check_currency(opened)
    with examined(bank_account, opened, progress=watch.progress) as outcome:
        yield outcome


def _check_currency(opened: StatementSheet | CodedStatement) -> None:
    if opened.preface.foreign:
        raise Invalid(
            "foreign_currency",
            _("这是%(currency)s账户的对账单，只能导入人民币账户的。"),
            currency=opened.preface.currency,
        )


@contextmanager
def _one_import_at_a_time(bank_account: CompanyBankAccount) -> Iterator[None]:
    # The session has this lock, not a transaction: a large statement is read for a while before
    # anything is written, and what is new must not change meanwhile.
    lock_session(AdvisoryLock.BANK_STATEMENT, bank_account.pk)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            unlock_session(AdvisoryLock.BANK_STATEMENT, bank_account.pk)


def _keep_file(statement: BankStatement, file: File[Any]) -> None:
    if statement.job is not None and (stored := statement.job.params.get("stored")):
        statement.file.name = stored
        return
    file.seek(0)
    statement.file.save(statement.file_name, File(_binary(file)), save=False)


def _binary(file: File[Any]) -> BinaryIO:
    return file.file  # type: ignore[return-value]


def _sha256(file: File[Any]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
