"""What a contract owes net, and how its plan stands on a day: one statement for many plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.models import InstalmentPlan
from customers.models import SupplyContract
from office.language import Text


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


def standing_words(plan: InstalmentPlan, standing: PlanStanding) -> Text:
    """Returns how a plan stands in one word."""
    if plan.cancelled_at is not None:
        return _("已取消")
    if standing.is_fulfilled:
        return _("已还清")
    return _("已违约") if standing.is_broken else _("履行中")


def net_debt_fen(contract: SupplyContract) -> int:
    """Returns what is open on the contract's bills less its advance, in fen."""
    return contract_balance(contract).owed_fen


# Paid is what the debt of the plan's own bills, less the advance, has come down by, and what was
# paid of their late fee since the agreement: money that goes to a fee of before is paid in time all
# the same. A bill of a later season, and money beyond the plan, change nothing of that. A condition
# on the plans reaches every LATERAL, so that a few plans cost a few looks into the indexes.
PLAN_STANDINGS = """
SELECT plan.id, plan.contract_id, plan.debt_fen,
       plan.debt_fen - COALESCE(open.fen, 0) + COALESCE(money.advance_fen, 0)
           + COALESCE(money.late_fee_fen, 0) AS paid_fen,
       COALESCE(due.fen, 0) AS due_fen
FROM billing_instalmentplan plan
LEFT JOIN LATERAL (
    SELECT sum(bill.amount_fen - COALESCE(settlement.settled_fen, 0))::bigint AS fen
    FROM billing_bill bill
    LEFT JOIN billing_bill_settlement settlement ON settlement.bill_id = bill.id
    WHERE bill.contract_id = plan.contract_id
      -- The version before wrote no bills while it still ran: then the moment of issue decides.
      AND (bill.id = ANY(plan.bill_ids)
           OR plan.bill_ids = '{}' AND bill.issued_at <= plan.agreed_at)
) open ON true
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN credit = %(advance)s THEN amount_fen
                    WHEN debit = %(advance)s THEN -amount_fen ELSE 0 END)::bigint AS advance_fen,
           sum(CASE WHEN bill_id IS NULL OR bill_id <> ALL(plan.bill_ids)
                         OR posted_at <= plan.agreed_at THEN 0
                    WHEN credit = %(late_fee)s THEN amount_fen
                    WHEN debit = %(late_fee)s THEN -amount_fen ELSE 0 END)::bigint AS late_fee_fen
    FROM billing_transfer
    WHERE contract_id = plan.contract_id AND book = 0
      AND (%(advance)s IN (debit, credit) OR %(late_fee)s IN (debit, credit))
) money ON true
LEFT JOIN LATERAL (
    SELECT sum(amount_fen)::bigint AS fen FROM billing_instalmentpart part
    WHERE part.plan_id = plan.id AND part.due_on < %(on)s
) due ON true
"""


# The ledger accounts that `PLAN_STANDINGS` names.
STANDING_ACCOUNTS = {
    "advance": int(LedgerAccount.ADVANCE),
    "late_fee": int(LedgerAccount.LATE_FEE_INCOME),
}


def plan_standings(plan_ids: Sequence[int], *, on: date) -> dict[int, PlanStanding]:
    """Returns how plans stand on a day, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{PLAN_STANDINGS} WHERE plan.id = ANY(%(plans)s)",
            STANDING_ACCOUNTS | {"on": on, "plans": list(plan_ids)},
        )
        return {
            plan_id: PlanStanding(paid_fen=paid_fen, due_fen=due_fen, debt_fen=debt_fen)
            for plan_id, _contract_id, debt_fen, paid_fen, due_fen in cursor.fetchall()
        }


def only_broken(plans: QuerySet[InstalmentPlan], *, on: date) -> QuerySet[InstalmentPlan]:
    """Returns those of the plans that are broken on a day and not cancelled; asks nothing yet."""
    running, values = (
        plans.filter(cancelled_at=None).order_by().values("pk").query.sql_with_params()
    )
    # Most plans are kept to their end: those without a part due by then are not reckoned.
    broken = f"""
        SELECT id FROM ({PLAN_STANDINGS % (STANDING_ACCOUNTS | {"on": "%s"})}
          WHERE plan.id IN ({running}) AND due.fen > 0) standing
        WHERE paid_fen < due_fen
    """  # noqa: S608 - only the texts above; the values are parameters
    return plans.filter(pk__in=RawSQL(broken, [on, *values]))  # noqa: S611 - the same
