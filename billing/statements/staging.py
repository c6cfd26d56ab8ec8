"""The lines of one statement in a temporary table: one COPY, then set-based SQL."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import connection, transaction

from billing.models.bank_statement import sealed_payer
from billing.statement_words import LineKind
from billing.statements.kinds import kind_of
from billing.statements.lines import Line

_CREATE = """
CREATE TEMPORARY TABLE statement_list (
    row integer PRIMARY KEY,
    day date NOT NULL,
    clock time,
    received_fen bigint NOT NULL,
    paid_fen bigint NOT NULL,
    balance_fen bigint,
    payer_name text NOT NULL,
    payer_sealed text NOT NULL,
    payer_digest text NOT NULL,
    remark text NOT NULL,
    serial text NOT NULL,
    content text NOT NULL,
    kind text NOT NULL,
    occurrence integer NOT NULL DEFAULT 0,
    identical_to integer,
    reverses integer,
    reverses_line bigint,
    line_id bigint,
    new_id bigint,
    account_id bigint,
    account_number text,
    matched_by text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT 'no_customers_money',
    confidence integer NOT NULL DEFAULT 0,
    suggested jsonb NOT NULL DEFAULT '[]'
)
"""
_COPY = """
COPY statement_list (row, day, clock, received_fen, paid_fen, balance_fen, payer_name,
    payer_sealed, payer_digest, remark, serial, content, kind) FROM STDIN
"""
_INDEX = "CREATE INDEX ON statement_list ((received_fen - paid_fen))"
# Most lines are single: only those that repeat are numbered and named.
_OCCURRENCES = """
UPDATE statement_list list SET occurrence = repeated.number - 1 FROM (
    SELECT row, row_number() OVER (PARTITION BY content ORDER BY row * %(direction)s) AS number
    FROM statement_list WHERE content IN (
        SELECT content FROM statement_list GROUP BY content HAVING count(*) > 1
    )
) repeated WHERE repeated.row = list.row AND repeated.number > 1
"""
_IDENTICAL = """
UPDATE statement_list list SET identical_to = repeated.first FROM (
    SELECT day, received_fen, paid_fen, payer_name, payer_digest, remark, min(row) AS first
    FROM statement_list
    GROUP BY day, received_fen, paid_fen, payer_name, payer_digest, remark HAVING count(*) > 1
) repeated
WHERE list.row > repeated.first AND (list.day, list.received_fen, list.paid_fen, list.payer_name,
    list.payer_digest, list.remark) = (repeated.day, repeated.received_fen, repeated.paid_fen,
    repeated.payer_name, repeated.payer_digest, repeated.remark)
"""
_KNOWN = """
UPDATE statement_list list SET line_id = line.id, account_id = line.matched_account_id,
    account_number = account.number, matched_by = line.matched_by, reason = line.reason,
    confidence = line.confidence, suggested = line.suggested
FROM billing_statementline line LEFT JOIN customers_account account
    ON account.id = line.matched_account_id
WHERE line.bank_account_id = %(bank_account)s AND line.content = list.content
    AND line.occurrence = list.occurrence
"""
_READ = """
SELECT row, day, clock, received_fen, paid_fen, balance_fen, payer_name, payer_digest, remark,
    serial, kind FROM statement_list
"""


@dataclass(frozen=True, slots=True)
class StagedLine:
    """A line in the temporary table; its payer's account number is a keyed digest there."""

    line: Line
    kind: LineKind


@contextmanager
def staging_table() -> Iterator[None]:
    """Creates an empty temporary table for one statement and drops it at the end, also after an
    error.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS statement_list")
        cursor.execute(_CREATE)
    try:
        yield
    finally:
        # A broken transaction accepts no statement, and its rollback drops the table anyway.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS statement_list")


def copy_lines(lines: Iterable[Line]) -> None:
    """A step of the examination, in a transaction of its own: stages the lines by one COPY."""
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(_COPY) as copy,
    ):
        for line in lines:
            sealed, payer_digest = sealed_payer(line.payer_account)
            copy.write_row(
                (
                    *(line.row, line.day, line.clock, line.received_fen, line.paid_fen),
                    *(line.balance_fen, line.payer_name[:200], sealed, payer_digest),
                    *(line.remark[:500], line.serial[:100]),
                    content_of(replace(line, payer_account=payer_digest)),
                    kind_of(line).value,
                )
            )


def number_lines(bank_account_id: int, *, newest_first: bool) -> None:
    """A step of the examination: numbers lines of the same content, names identical ones, and
    finds those that an earlier statement of the bank account brought.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INDEX)
        cursor.execute("ANALYZE statement_list")
        cursor.execute(_OCCURRENCES, {"direction": -1 if newest_first else 1})
        cursor.execute(_IDENTICAL)
        cursor.execute(_KNOWN, {"bank_account": bank_account_id})


def content_of(line: Line) -> str:
    """Returns what identifies a line by what is printed, 32 hex digits.

    That is the bank's serial with day and amounts, since a reversal may carry the serial of what
    it reverses; without a serial all that is printed, with the balance after it.
    """
    printed: tuple[object, ...]
    if line.serial:
        printed = (line.serial, line.day, line.received_fen, line.paid_fen)
    else:
        printed = (
            *(line.day, line.received_fen, line.paid_fen, line.balance_fen),
            *(line.payer_account, line.payer_name, line.remark),
        )
    return hashlib.sha256("\x1f".join(map(str, printed)).encode()).hexdigest()[:32]


def staged_lines(
    condition: str = "true", *, descending: bool = False, at_once: int = 1000
) -> Iterator[list[StagedLine]]:
    """Yields the lines that fulfil an SQL condition in the order of their rows, `at_once` in each
    list; the table may be changed between two lists.
    """
    order, beyond = ("DESC", "<") if descending else ("ASC", ">")
    last: int | None = None
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_READ} WHERE ({condition}) AND (%s::integer IS NULL OR row {beyond} %s)"
                f" ORDER BY row {order} LIMIT %s",
                [last, last, at_once],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield [staged_line(row) for row in rows]


def staged_line(row: tuple[object, ...]) -> StagedLine:
    """Returns the line of a row that `_READ` selected."""
    *printed, kind = row
    return StagedLine(Line(*printed), LineKind(str(kind)))  # type: ignore[arg-type]


READ_STAGED = _READ
