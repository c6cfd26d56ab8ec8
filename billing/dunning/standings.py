"""What a contract owes net, and how its plan stands on a day: one statement for many plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from customers.models import SupplyContract


@dataclass(frozen=True)
class PlanStanding:
    """What was paid of a plan, and what was due of it by the day before, in fen."""

    paid_fen: int
    due_fen: int
    debt_fen: int

    @property
    def is_broken(self) -> bool:
        """Returns whether a part is overdue."""
        return self.paid_fen < self.due_fen

    @property
    def is_fulfilled(self) -> bool:
        """Returns whether all of the plan is paid."""
        return self.paid_fen >= self.debt_fen


def net_debt_fen(contract: SupplyContract) -> int:
    """Returns what is open on the contract's bills less its advance, in fen."""
    return contract_balance(contract).owed_fen


# Paid is what the debt of the plan's own bills, less the advance, has come down by: a bill of a
# later season, and money beyond the plan, change nothing of that. A condition on the plans reaches
# every LATERAL, so that a few plans cost a few looks into the indexes.
PLAN_STANDINGS = """
SELECT plan.id, plan.contract_id, plan.debt_fen,
       plan.debt_fen - COALESCE(open.fen, 0) + COALESCE(advance.fen, 0) AS paid_fen,
       COALESCE(due.fen, 0) AS due_fen
FROM billing_instalmentplan plan
LEFT JOIN LATERAL (
    SELECT sum(bill.amount_fen - COALESCE(settlement.settled_fen, 0))::bigint AS fen
    FROM billing_bill bill
    LEFT JOIN billing_bill_settlement settlement ON settlement.bill_id = bill.id
    WHERE bill.contract_id = plan.contract_id AND bill.issued_at <= plan.agreed_at
) open ON true
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END)::bigint AS fen
    FROM billing_transfer
    WHERE contract_id = plan.contract_id AND %(advance)s IN (debit, credit)
) advance ON true
LEFT JOIN LATERAL (
    SELECT sum(amount_fen)::bigint AS fen FROM billing_instalmentpart part
    WHERE part.plan_id = plan.id AND part.due_on < %(on)s
) due ON true
"""


def plan_standings(plan_ids: Sequence[int], *, on: date) -> dict[int, PlanStanding]:
    """Returns how plans stand on a day, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{PLAN_STANDINGS} WHERE plan.id = ANY(%(plans)s)",
            {"advance": int(LedgerAccount.ADVANCE), "on": on, "plans": list(plan_ids)},
        )
        return {
            plan_id: PlanStanding(paid_fen=paid_fen, due_fen=due_fen, debt_fen=debt_fen)
            for plan_id, _contract_id, debt_fen, paid_fen, due_fen in cursor.fetchall()
        }
