"""Money paid ahead settles the new bill as soon as it appears."""

from datetime import datetime
from typing import Any

from django.db import connection

from billing.chart import LedgerAccount
from billing.models import BillingRun
from billing.runs.drafts import DraftTables
from office.calendar import business_date

_ADVANCES = """
SELECT contract_id,
       sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END) AS amount_fen
FROM billing_transfer
WHERE book = 0 AND company_id = %(company)s AND %(advance)s IN (debit, credit)
GROUP BY contract_id
HAVING sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END) > 0
"""
_HOLD_ACCOUNTS = """
SELECT account.id FROM customers_account account
WHERE account.id IN (
    SELECT draft.account_id FROM {draft_bill} draft JOIN ({advances}) held USING (contract_id))
ORDER BY account.id
FOR NO KEY UPDATE
"""
_SETTLE = """
INSERT INTO billing_transfer (book, company_id, kind, debit, credit, amount_fen, business_date,
    posted_at, contract_id, season_id, bill_id)
SELECT 0, %(company)s, 'allocation', %(advance)s, %(receivable)s,
       LEAST(held.amount_fen, draft.amount_fen), %(business_date)s, %(at)s, draft.contract_id,
       %(season)s, draft.bill_id
FROM {draft_bill} draft JOIN ({advances}) held USING (contract_id)
ORDER BY draft.seq
"""


def hold_accounts_with_advance(run: BillingRun) -> None:
    """Take the account locks a payment takes, before any table is locked: never the other way."""
    _execute(_HOLD_ACCOUNTS, run, {})


def settle_from_advances(run: BillingRun, *, at: datetime) -> None:
    """Allocate what each contract has paid ahead to its new bill. Older debts have none left."""
    _execute(_SETTLE, run, {"at": at, "business_date": business_date(at)})


def _execute(sql: str, run: BillingRun, facts: dict[str, Any]) -> None:
    given: dict[str, Any] = {
        "company": run.company_id,
        "season": run.season_id,
        "advance": int(LedgerAccount.ADVANCE),
        "receivable": int(LedgerAccount.RECEIVABLE),
        **facts,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.format(draft_bill=DraftTables(run.pk).bill, advances=_ADVANCES), given)
