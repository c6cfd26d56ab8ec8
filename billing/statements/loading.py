"""The new lines of an examined statement, written in sets."""

from django.db import connection

from billing.models import BankStatement

# Lines refer to each other, and a line that is written never changes: its key is drawn before.
_DRAW_KEYS = """
UPDATE statement_list SET new_id = nextval(pg_get_serial_sequence('billing_statementline', 'id'))
WHERE line_id IS NULL
"""
_LOAD = """
INSERT INTO billing_statementline (id, company_id, bank_account_id, statement_id, row, day, clock,
    received_fen, paid_fen, balance_fen, payer_name, payer_sealed, payer_digest, remark, serial,
    content, occurrence, kind, reverses_id, identical_to_id, matched_account_id, matched_by,
    reason, confidence, suggested)
SELECT list.new_id, %(company)s, %(bank_account)s, %(statement)s, list.row, list.day, list.clock,
    list.received_fen, list.paid_fen, list.balance_fen, list.payer_name, list.payer_sealed,
    list.payer_digest, list.remark, list.serial, list.content, list.occurrence, list.kind,
    COALESCE(list.reverses_line, original.line_id, original.new_id),
    COALESCE(identical.line_id, identical.new_id),
    list.account_id, list.matched_by, list.reason, list.confidence, list.suggested
FROM statement_list list
LEFT JOIN statement_list original ON original.row = list.reverses
LEFT JOIN statement_list identical ON identical.row = list.identical_to
WHERE list.line_id IS NULL ORDER BY list.row
"""


def load_lines(statement: BankStatement) -> None:
    """A step of the import: writes the lines that are new; the caller's transaction holds it."""
    with connection.cursor() as cursor:
        cursor.execute(_DRAW_KEYS)
        cursor.execute(
            _LOAD,
            {
                "company": statement.company_id,
                "bank_account": statement.bank_account_id,
                "statement": statement.pk,
            },
        )
