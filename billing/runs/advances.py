"""Money paid ahead settles the new bill as soon as it appears."""

from datetime import datetime
from typing import Any

from django.db import connection

from billing.chart import LedgerAccount
from billing.models import BillingRun
from billing.runs.drafts import DraftTables
from office.calendar import business_date

_ADVANCES = """
SELECT contract_id, max(business_date) AS business_date,
       sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END) AS amount_fen
FROM billing_transfer
WHERE book = 0 AND company_id = %(company)s AND %(advance)s IN (debit, credit)
GROUP BY contract_id
HAVING sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END) > 0
"""
_SETTLE = """
INSERT INTO billing_transfer (book, company_id, kind, debit, credit, amount_fen, business_date,
    posted_at, contract_id, season_id, bill_id)
SELECT 0, %(company)s, 'allocation', %(advance)s, %(receivable)s,
       LEAST(paid_ahead.amount_fen, claim.open_fen),
       GREATEST(paid_ahead.business_date, %(business_date)s), %(at)s,
       draft.contract_id, %(season)s, draft.bill_id
FROM {draft_bill} draft JOIN ({advances}) paid_ahead USING (contract_id)
CROSS JOIN LATERAL (
    SELECT draft.amount_fen - COALESCE(
        (SELECT settled_fen FROM billing_bill_settlement WHERE bill_id = draft.bill_id), 0
    ) AS open_fen
) claim
WHERE claim.open_fen > 0
ORDER BY draft.seq
"""


def settle_from_advances(run: BillingRun, *, at: datetime) -> None:
    """Settles what is still open on each new bill with what its contract has paid ahead.

    A step of `finish_issue`; the caller holds the lock of the books. Older debts have none left.
    The business date is the run's, but not before the money was there.
    """
    # A run that was resumed days later may settle from money that arrived in between.
    _execute(_SETTLE, run, {"at": at, "business_date": run.business_date or business_date(at)})


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
