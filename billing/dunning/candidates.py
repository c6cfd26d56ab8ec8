"""Who is late and which step comes next: one statement, for the preview and for the last look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from billing.dunning.standings import PLAN_STANDINGS, STANDING_ACCOUNTS
from billing.models import DunningRun

# The reasons in the order in which they are looked for, and what a clerk reads.
REASONS = {
    "ended": "合同已终止（过户或销户），请人工处理",
    "dispute": "争议处理中",
    "exempt": "免催",
    "plan": "分期缴费计划履行中",
    "promise": "承诺付款，期限未到",
    "nothing_net": "预存足以抵欠，没有净欠费",
    "waiting": "未到下一级的催缴时间",
    "finished": "各级均已催过",
    "below_least": "净欠费低于本级的最低金额",
    "no_phone": "没有可用的电话，各级都无法送达",
}


@dataclass(frozen=True)
class Candidate:
    """A late contract: its net debt in fen, its days, and its next step or why it has none."""

    contract_id: int
    account_id: int
    oldest_bill_id: int
    days: int
    net_fen: int
    step_id: int | None
    phone: str
    reason: str


# `late` are bills past their due day, of the run's scope. The net debt is what is open on them
# less the advance of the contract. The next step is the lowest above those taken for the oldest
# late bill, of those that can reach the debtor: a message needs a mobile and a call a number, else
# the ladder goes on with the step after. It is reached when the debt is old enough, and when the
# days between it and the step before have passed since that one was taken. A hold or a plan of any
# sort comes before all of that. A hold begins on the day on which it is placed, so only its last
# day matters.
_CANDIDATES = f"""
WITH late AS (
    SELECT bill.contract_id, sum(bill.amount_fen - COALESCE(settlement.settled_fen, 0)) AS open_fen,
           (array_agg(bill.id ORDER BY bill.due_on, bill.id))[1] AS oldest_bill_id,
           %(on)s::date - min(bill.due_on) AS days
    FROM billing_bill bill
    LEFT JOIN billing_bill_settlement settlement ON settlement.bill_id = bill.id
    WHERE bill.company_id = %(company)s AND bill.due_on < %(on)s
      AND (%(contracts)s::bigint[] IS NULL OR bill.contract_id = ANY(%(contracts)s::bigint[]))
      AND bill.amount_fen > COALESCE(settlement.settled_fen, 0)
    GROUP BY bill.contract_id
),
advance AS (
    SELECT contract_id, sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END)
           AS fen
    FROM billing_transfer
    WHERE company_id = %(company)s AND book = 0 AND %(advance)s IN (debit, credit)
      AND contract_id IN (SELECT contract_id FROM late)
    GROUP BY contract_id
),
hold AS (
    SELECT contract_id, bool_or(kind = 'dispute') AS dispute, bool_or(kind = 'exempt') AS exempt,
           bool_or(kind = 'promise') AS promise
    FROM billing_dunninghold
    WHERE company_id = %(company)s AND lifted_at IS NULL AND ends >= %(on)s
    GROUP BY contract_id
),
plan AS (
    SELECT DISTINCT contract_id FROM ({PLAN_STANDINGS}
      WHERE plan.company_id = %(company)s AND plan.cancelled_at IS NULL) standing
    WHERE paid_fen >= due_fen AND paid_fen < debt_fen
),
step AS (
    SELECT * FROM (
        SELECT DISTINCT ON (number) * FROM billing_dunningstep
        WHERE company_id = %(company)s AND effective_from <= %(on)s
        ORDER BY number, effective_from DESC) in_force
    WHERE in_use
),
candidate AS (
    SELECT late.contract_id, contract.account_id, late.oldest_bill_id, late.days,
           late.open_fen - COALESCE(advance.fen, 0) AS net_fen,
           next.id AS step_id, next.least_fen, debtor.phone,
           EXISTS (SELECT FROM step WHERE step.number > COALESCE(taken.number, 0)) AS goes_on,
           contract.ends IS NOT NULL AND contract.ends <= %(on)s AS ended,
           COALESCE(hold.dispute, false) AS dispute, COALESCE(hold.exempt, false) AS exempt,
           COALESCE(hold.promise, false) AS promise, plan.contract_id IS NOT NULL AS planned,
           late.days >= next.days_after_due AND (taken.number IS NULL OR %(on)s::date
               >= taken.noticed_on + next.days_after_due - taken.days_after_due) AS reached
    FROM late
    JOIN customers_supplycontract contract ON contract.id = late.contract_id
    JOIN customers_customer debtor ON debtor.id = COALESCE(contract.payer_id, contract.customer_id)
    JOIN customers_account account ON account.id = contract.account_id
    JOIN customers_premise premise ON premise.id = account.premise_id
    JOIN customers_building building ON building.id = premise.building_id
    LEFT JOIN advance ON advance.contract_id = late.contract_id
    LEFT JOIN hold ON hold.contract_id = late.contract_id
    LEFT JOIN plan ON plan.contract_id = late.contract_id
    LEFT JOIN LATERAL (
        SELECT notice.number, notice.noticed_on, rule.days_after_due
        FROM billing_dunningnotice notice JOIN billing_dunningstep rule ON rule.id = notice.step_id
        WHERE notice.contract_id = late.contract_id
          AND notice.oldest_bill_id = late.oldest_bill_id
        ORDER BY notice.number DESC LIMIT 1
    ) taken ON true
    LEFT JOIN LATERAL (
        SELECT * FROM step WHERE step.number > COALESCE(taken.number, 0)
          AND CASE step.channel WHEN 'sms' THEN debtor.phone ~ '^1[3-9][0-9]{{9}}$'
                                WHEN 'phone' THEN debtor.phone <> ''
                                ELSE true END
        ORDER BY step.number LIMIT 1
    ) next ON true
    WHERE %(community)s::bigint IS NULL OR building.community_id = %(community)s::bigint
)
SELECT contract_id, account_id, oldest_bill_id, days, net_fen::bigint, step_id, phone,
       CASE WHEN ended THEN 'ended'
            WHEN dispute THEN 'dispute'
            WHEN exempt THEN 'exempt'
            WHEN planned THEN 'plan'
            WHEN promise THEN 'promise'
            WHEN net_fen <= 0 THEN 'nothing_net'
            WHEN NOT goes_on THEN 'finished'
            WHEN step_id IS NULL THEN 'no_phone'
            WHEN NOT reached THEN 'waiting'
            WHEN net_fen < least_fen THEN 'below_least'
            ELSE '' END AS reason
FROM candidate
"""  # noqa: S608 - only the texts above
_DRAFT = f"""
WITH late_contract AS MATERIALIZED ({_CANDIDATES}),
parked AS (
    INSERT INTO billing_parkeddunning (run_id, contract_id, reason, sentence)
    SELECT %(run)s, contract_id, reason, (%(sentences)s::jsonb) ->> reason
    FROM late_contract WHERE reason <> ''
)
INSERT INTO billing_dunningdraft (run_id, contract_id, step_id, net_fen, days)
SELECT %(run)s, contract_id, step_id, net_fen, days FROM late_contract WHERE reason = ''
ORDER BY contract_id
"""  # noqa: S608 - only the texts above


def write_drafts(run: DunningRun, *, on: date, sentences: str) -> None:
    """A step of the preview: writes a draft or a parked row for each late contract of the scope.

    `sentences` is the JSON of `REASONS`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRAFT, _parameters(run, on) | {"run": run.pk, "sentences": sentences})


def candidates_of(run: DunningRun, contracts: Sequence[int], *, on: date) -> list[Candidate]:
    """Returns the late ones of these contracts as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, _parameters(run, on) | {"contracts": list(contracts)})
        return [Candidate(*row) for row in cursor.fetchall()]


def _parameters(run: DunningRun, on: date) -> dict[str, Any]:
    return STANDING_ACCOUNTS | {
        "company": run.company_id,
        "community": run.community_id,
        "contracts": None,
        "on": on,
    }
