"""Advances that settle the new bills of a run as soon as they appear."""

from datetime import datetime
from typing import Any

from django.db import connection

from billing.chart import LedgerAccount
from billing.models import BillingRun
from billing.runs.drafts import DraftTables
from office.calendar import business_date

# What each contract has paid ahead: credits of the advance account less its debits. Book 0 is the
# day book, the only one that moves advances; naming it spares the reading of all seasons' books.
_ADVANCES = """
SELECT contract_id, max(business_date) AS business_date,
       sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END) AS amount_fen
FROM billing_transfer
WHERE book = 0 AND company_id = %(company)s AND %(advance)s IN (debit, credit)
GROUP BY contract_id
HAVING sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END) > 0
"""
# LEAST settles no more than is open on the bill. LATERAL subtracts what a payment may have settled
# already: bills of a season that is attached can be paid as soon as their stretch is written.
_SETTLE = """
INSERT INTO billing_transfer (book, company_id, kind, debit, credit, amount_fen, business_date,
    posted_at, contract_id, season_id, bill_id, source_type, source_id)
SELECT 0, %(company)s, 'allocation', %(advance)s, %(receivable)s,
       LEAST(paid_ahead.amount_fen, claim.open_fen),
       GREATEST(paid_ahead.business_date, %(business_date)s), %(at)s,
       draft.contract_id, %(season)s, draft.bill_id, 'run', %(run)s
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
    """A step of `finish_issue`: settles the new bills with what their contracts have paid ahead.

    The caller has the lock of the books, so that no payment changes an advance meanwhile. A
    contract with an advance has no older open bill: payments settle those first. The business date
    is the run's, but not before the money was there.
    """
    # A run that was resumed days later may settle from money that arrived in between.
    _execute(_SETTLE, run, {"at": at, "business_date": run.business_date or business_date(at)})


def _execute(sql: str, run: BillingRun, facts: dict[str, Any]) -> None:
    """Runs the statement with the accounts of the ledger and the draft table of the run."""
    parameters: dict[str, Any] = {
        "company": run.company_id,
        "season": run.season_id,
        "run": run.pk,
        "advance": int(LedgerAccount.ADVANCE),
        "receivable": int(LedgerAccount.RECEIVABLE),
        **facts,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            sql.format(draft_bill=DraftTables(run.pk).bill, advances=_ADVANCES), parameters
        )
