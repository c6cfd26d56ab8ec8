"""The line that a reversal takes back: the nearest one before it, in this statement or an earlier
one.
"""

from django.db import connection

from billing.models import CompanyBankAccount, StatementLine
from billing.statement_words import LineKind
from billing.statements.kinds import reverses
from billing.statements.lines import Line
from billing.statements.staging import READ_STAGED, StagedLine, staged_line, staged_lines

_MOST_COMPARED = 200
_CANDIDATES = """
WHERE received_fen - paid_fen = %(net)s AND kind <> 'reversal'
    AND row * %(direction)s < %(row)s * %(direction)s
    AND NOT EXISTS (SELECT 1 FROM statement_list other WHERE other.reverses = statement_list.row)
    AND NOT EXISTS (
        SELECT 1 FROM billing_statementline earlier WHERE earlier.reverses_id = line_id
            AND earlier.id IS DISTINCT FROM (
                SELECT own.line_id FROM statement_list own WHERE own.row = %(row)s
            )
    )
ORDER BY row * %(direction)s DESC LIMIT %(most)s
"""


def find_originals(bank_account: CompanyBankAccount, *, newest_first: bool) -> None:
    """A step of the examination: names for each reversal the line that it takes back.

    A returned transfer without an original becomes money received. Each line is taken back once.
    """
    for reversals in staged_lines("kind IN ('reversal', 'return')", descending=newest_first):
        for reversal in reversals:
            _find(reversal, bank_account, newest_first=newest_first)


def _find(reversal: StagedLine, bank_account: CompanyBankAccount, *, newest_first: bool) -> None:
    line = reversal.line
    original_row = _in_statement(line, newest_first=newest_first)
    original_line = None if original_row else _in_earlier(line, bank_account)
    kind = LineKind.REVERSAL
    if reversal.kind is LineKind.RETURN and not original_row and not original_line:
        kind = LineKind.RECEIVED
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE statement_list SET reverses = %s, reverses_line = %s, kind = %s WHERE row = %s",
            [original_row, original_line, kind.value, line.row],
        )


def _in_statement(line: Line, *, newest_first: bool) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            READ_STAGED + _CANDIDATES,
            {
                "net": -line.net_fen,
                "row": line.row,
                "direction": -1 if newest_first else 1,
                "most": _MOST_COMPARED,
            },
        )
        candidates = [staged_line(row).line for row in cursor.fetchall()]
    return next((candidate.row for candidate in candidates if reverses(line, candidate)), None)


def _in_earlier(line: Line, bank_account: CompanyBankAccount) -> int | None:
    """Returns the key of the line in the lines of earlier statements."""
    received_fen, paid_fen = max(-line.net_fen, 0), max(line.net_fen, 0)
    candidates = StatementLine.objects.filter(
        bank_account=bank_account,
        day__lte=line.day,
        received_fen=received_fen,
        paid_fen=paid_fen,
        reversal=None,
    ).exclude(kind=LineKind.REVERSAL)
    for earlier in candidates.order_by("-day", "-pk")[:_MOST_COMPARED]:
        if reverses(line, _as_printed(earlier)):
            return earlier.pk
    return None


def _as_printed(line: StatementLine) -> Line:
    return Line(
        row=line.row,
        day=line.day,
        clock=line.clock,
        received_fen=line.received_fen,
        paid_fen=line.paid_fen,
        balance_fen=line.balance_fen,
        payer_name=line.payer_name,
        payer_account=line.payer_digest,
        remark=line.remark,
        serial=line.serial,
    )
