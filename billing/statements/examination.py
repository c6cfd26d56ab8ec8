"""The examination of a whole statement, which changes no record."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from billing.models import BankStatement, CompanyBankAccount
from billing.statements.coded_files import CodedStatement
from billing.statements.facts import facts_about
from billing.statements.ladder import match_line
from billing.statements.lines import Line, Noted, Stated, Total, Unreadable
from billing.statements.originals import find_originals
from billing.statements.proof import Prover
from billing.statements.report import Counts, StatementOutcome, staged_counts
from billing.statements.sheets import StatementSheet
from billing.statements.staging import copy_lines, number_lines, staged_lines, staging_table
from customers.models import Account
from office.models import Company

Progress = Callable[[float], None]
_REPORTED_EVERY = 5_000
_READING = 0.5
_MATCHED = 0.9
# What a file says besides its lines is listed up to here; its count stays complete elsewhere.
_MOST_NOTES = 10_000
_PUT_MATCH = """
UPDATE statement_list SET account_id = %s, account_number = %s, matched_by = %s, reason = %s,
    confidence = %s, suggested = %s WHERE row = %s
"""


@contextmanager
def examined(
    bank_account: CompanyBankAccount,
    statement: StatementSheet | CodedStatement,
    *,
    progress: Progress,
) -> Iterator[StatementOutcome]:
    """Reads and proves the statement, finds what is known of it and matches the rest.

    The lines stay in the staging table until the block ends.
    """
    reading = _Reading(statement, progress)
    with staging_table():
        copy_lines(reading.lines())
        proof = reading.prover.proof()
        number_lines(bank_account.pk, newest_first=proof.newest_first)
        find_originals(bank_account, newest_first=proof.newest_first)
        progress(_READING + 0.1)
        _match(bank_account.company)
        progress(_MATCHED)
        counts = staged_counts()
        yield StatementOutcome(
            proof,
            counts,
            unreadable=reading.unreadable,
            notes=reading.notes,
            headings=statement.headings,
            notices=statement.notices(),
            other_account=_other_account(bank_account, statement.preface.account),
            gap_before_fen=_gap_before(bank_account, proof.opening_fen, counts),
        )


class _Reading:
    """The reader that passes lines to the staging table and the rest to the proof."""

    def __init__(self, statement: StatementSheet | CodedStatement, progress: Progress) -> None:
        self._statement = statement
        self._progress = progress
        self.prover = Prover()
        self.unreadable: list[Unreadable] = []
        self.notes: list[Noted] = []

    def lines(self) -> Iterator[Line]:
        for stated in self._statement.preface.stated:
            self.prover.stated(stated)
        for row in self._statement.rows():
            if isinstance(row, Line):
                self.prover.line(row)
                if self.prover.count % _REPORTED_EVERY == 0:
                    self._progress(_READING * self._statement.portion(row.row))
                yield row
            elif isinstance(row, Total):
                self.prover.total(row)
            elif isinstance(row, Stated):
                self.prover.stated(row)
            elif isinstance(row, Unreadable):
                self.unreadable.append(row)
            elif len(self.notes) < _MOST_NOTES:
                self.notes.append(row)


def _match(company: Company) -> None:
    """Matches the new lines that may be customers' money, a thousand at a time."""
    for staged_page in staged_lines("kind = 'received' AND line_id IS NULL"):
        facts = facts_about(company, [staged_line.line for staged_line in staged_page])
        matches = [
            (staged_line.line.row, match_line(staged_line.line, facts))
            for staged_line in staged_page
        ]
        numbers = {match.account for _, match in matches if match.account is not None}
        accounts = dict(
            Account.objects.filter(company=company, number__in=numbers).values_list("number", "pk")
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                _PUT_MATCH,
                [
                    (
                        accounts[match.account] if match.account is not None else None,
                        match.account,
                        match.by.value if match.by is not None else "",
                        match.reason.value,
                        match.confidence,
                        json.dumps(match.suggested),
                        row,
                    )
                    for row, match in matches
                ],
            )


def _other_account(bank_account: CompanyBankAccount, printed: str) -> str:
    """Returns the account number that the statement prints when it is another one's, else ""."""
    if not printed:
        return ""
    same = len(printed) == len(bank_account.number) and all(
        mine == theirs or theirs in "*Xx"
        for mine, theirs in zip(bank_account.number, printed, strict=True)
    )
    return "" if same else printed


def _gap_before(bank_account: CompanyBankAccount, opening_fen: int, counts: Counts) -> int:
    """Returns by how much the opening differs from the closing of the statement before.

    A statement that overlaps what is known, or is the first, has no gap.
    """
    if counts.first_day is None or counts.lines != counts.new_lines:
        return 0
    before = (
        BankStatement.objects.filter(
            bank_account=bank_account, dry_run=False, last_day__lte=counts.first_day
        )
        .order_by("-last_day", "-pk")
        .first()
    )
    return opening_fen - before.closing_fen if before else 0
