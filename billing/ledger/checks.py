"""The checks of the books: each is one set-based query that must return no row."""

from dataclasses import dataclass
from typing import LiteralString

from django.db import connection

from billing.chart import LedgerAccount


@dataclass(frozen=True)
class LedgerCheck:
    """A claim about the books, and the query that returns whatever contradicts it."""

    name: str
    claim: str
    breaches: LiteralString


@dataclass(frozen=True)
class CheckResult:
    """The result of a check: how many rows contradict the claim, and some of them."""

    check: LedgerCheck
    count: int
    examples: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.count


# The sums are made in subqueries before they are joined: joining first would repeat the amount of a
# bill for each of its postings. IS DISTINCT FROM also finds the missing ones, whose sum is NULL.
CHECKS = (
    LedgerCheck(
        "balanced",
        "借方合计等于贷方合计，逐公司相等",
        """SELECT 'company ' || company_id FROM (
             SELECT company_id, debit AS account, amount_fen AS debited, 0 AS credited
             FROM billing_transfer
             UNION ALL
             SELECT company_id, credit, 0, amount_fen FROM billing_transfer) side
           GROUP BY company_id HAVING sum(debited) <> sum(credited)""",
    ),
    LedgerCheck(
        "bills_posted_once",
        "每张账单恰好入账一次，金额相等",
        """SELECT bill.number FROM billing_bill bill
           LEFT JOIN (SELECT bill_id, season_id,
                             sum(CASE WHEN debit = %(receivable)s THEN amount_fen
                                      ELSE -amount_fen END) AS posted
                      FROM billing_transfer
                      WHERE kind = 'bill' GROUP BY bill_id, season_id) posting
             ON posting.bill_id = bill.id AND posting.season_id = bill.season_id
           WHERE posting.posted IS DISTINCT FROM bill.amount_fen""",
    ),
    LedgerCheck(
        "bill_lines_add_up",
        "每张账单（期初欠费除外）等于其明细之和",
        """SELECT bill.number FROM billing_bill bill
           LEFT JOIN (SELECT bill_id, season_id, amount_fen, tax_fen FROM billing_billline
                      UNION ALL
                      SELECT bill.id, bill.season_id, line.amount_fen, line.tax_fen
                      FROM billing_adjustmentline line
                      JOIN billing_bill bill USING (adjustment_id)) line
             ON line.bill_id = bill.id AND line.season_id = bill.season_id
           WHERE bill.kind <> 'opening'
           GROUP BY bill.id, bill.season_id, bill.number, bill.amount_fen, bill.tax_fen
           HAVING (sum(line.amount_fen), sum(line.tax_fen))
                  IS DISTINCT FROM (bill.amount_fen, bill.tax_fen)""",
    ),
    LedgerCheck(
        "adjustments_issued_once",
        "每张已出账的调整单恰有一张同户、同季、金额相等的账单，未出账的没有",
        """SELECT 'adjustment ' || adjustment.id FROM billing_adjustment adjustment
           LEFT JOIN billing_bill bill ON bill.adjustment_id = adjustment.id
           WHERE (adjustment.state = 'issued') <> (bill.id IS NOT NULL)
              OR (bill.account_id, bill.contract_id, bill.season_id, bill.kind, bill.amount_fen)
                 IS DISTINCT FROM (adjustment.account_id, adjustment.contract_id,
                 adjustment.season_id, adjustment.kind, adjustment.amount_fen)
                 AND bill.id IS NOT NULL""",
    ),
    LedgerCheck(
        "corrections_within_bill",
        "每行明细更正以后不少于零",
        """SELECT bill.number || ' ' || COALESCE(charged.line_id, 0) FROM (
             SELECT bill_id, season_id, id AS line_id, amount_fen FROM billing_billline
             UNION ALL
             SELECT id, season_id, NULL, amount_fen FROM billing_bill WHERE kind = 'opening'
           ) charged
           JOIN (SELECT adjustment.corrects_id AS bill_id, line.corrects_id AS line_id,
                        sum(line.amount_fen) AS corrected
                 FROM billing_adjustmentline line
                 JOIN billing_adjustment adjustment ON adjustment.id = line.adjustment_id
                 WHERE adjustment.state = 'issued' GROUP BY 1, 2) correction
             ON correction.bill_id = charged.bill_id
            AND correction.line_id IS NOT DISTINCT FROM charged.line_id
           JOIN billing_bill bill ON bill.id = charged.bill_id
            AND bill.season_id = charged.season_id
           WHERE charged.amount_fen + correction.corrected < 0""",
    ),
    LedgerCheck(
        "payments_posted_once",
        "每笔收款恰好入账一次，金额相等",
        """SELECT payment.transaction_id FROM billing_payment payment
           LEFT JOIN (SELECT source_id, sum(amount_fen) AS posted FROM billing_transfer
                      WHERE kind = 'payment' GROUP BY source_id) posting
             ON posting.source_id = payment.id
           WHERE posting.posted IS DISTINCT FROM payment.amount_fen""",
    ),
    LedgerCheck(
        "papers_spread_whole",
        "每笔一笔多户的各户之和等于凭证金额",
        """SELECT 'paper ' || paper.id FROM billing_grouppayment paper
           LEFT JOIN (SELECT group_id, count(*) AS parts, sum(amount_fen) AS spread
                      FROM billing_payment WHERE group_id IS NOT NULL GROUP BY group_id) part
             ON part.group_id = paper.id
           WHERE (part.parts, part.spread) IS DISTINCT FROM (paper.part_count, paper.amount_fen)""",
    ),
    LedgerCheck(
        "advance_refunds_posted_once",
        "每笔已付款的预存退款恰好入账一次，金额相等",
        """SELECT 'refund ' || refund.id FROM billing_advancerefund refund
           LEFT JOIN (SELECT source_id, sum(amount_fen) AS posted FROM billing_transfer
                      WHERE kind = 'payout' GROUP BY source_id) posting
             ON posting.source_id = refund.id
           WHERE posting.posted IS DISTINCT FROM
                 CASE WHEN refund.state = 'paid' THEN refund.amount_fen END""",
    ),
    LedgerCheck(
        "refunds_to_source_posted_once",
        "每笔原路退款恰好占用一次，结束时恰好退出或释放一次，金额相等；合计不多于收款",
        """SELECT 'refund ' || refund.number FROM billing_refundtosource refund
           LEFT JOIN (SELECT source_id,
                             sum(amount_fen) FILTER (WHERE kind = 'reserve') AS reserved,
                             sum(amount_fen) FILTER (WHERE kind = 'repaid') AS repaid,
                             sum(amount_fen) FILTER (WHERE kind = 'release') AS released
                      FROM billing_transfer WHERE source_type = 'to_source'
                      GROUP BY source_id) posting ON posting.source_id = refund.id
           WHERE (posting.reserved, posting.repaid, posting.released) IS DISTINCT FROM
                 (CASE WHEN refund.approved_at IS NOT NULL THEN refund.amount_fen END,
                  CASE WHEN refund.state = 'paid' THEN refund.amount_fen END,
                  CASE WHEN refund.state = 'closed' THEN refund.amount_fen END)
           UNION ALL
           SELECT payment.transaction_id FROM billing_payment payment
           JOIN billing_refundtosource refund ON refund.payment_id = payment.id
            AND refund.state IN ('approved', 'processing', 'abnormal', 'paid')
           GROUP BY payment.id HAVING sum(refund.amount_fen) > payment.amount_fen""",
    ),
    LedgerCheck(
        "rewards_posted_once",
        "每张已兑付的奖励兑付单恰好入账一次，金额相等；未兑付的没有",
        """SELECT 'reward ' || voucher.id FROM billing_rewardvoucher voucher
           LEFT JOIN (SELECT source_id, sum(amount_fen) AS posted FROM billing_transfer
                      WHERE kind = 'reward' GROUP BY source_id) posting
             ON posting.source_id = voucher.id
           WHERE posting.posted IS DISTINCT FROM
                 CASE WHEN voucher.paid_at IS NOT NULL THEN voucher.amount_fen END""",
    ),
    LedgerCheck(
        "receipts_complete",
        "每笔已入账收款有且只有一张金额相等的收据",
        """SELECT payment.transaction_id FROM billing_payment payment
           LEFT JOIN billing_receipt receipt ON receipt.payment_id = payment.id
           LEFT JOIN billing_suspenseassignment assigned ON assigned.payment_id = payment.id
           WHERE (receipt.id IS NULL) <> (payment.in_suspense AND assigned.id IS NULL)
              OR receipt.amount_fen <> payment.amount_fen""",
    ),
    LedgerCheck(
        "suspense_assigned_once",
        "待查款项转入恰好一次，金额等于收款；未转入的仍在待查科目",
        """SELECT payment.transaction_id FROM billing_payment payment
           LEFT JOIN billing_suspenseassignment assigned ON assigned.payment_id = payment.id
           LEFT JOIN (SELECT COALESCE(assigned.payment_id, source_id) AS payment_id,
                             sum(CASE WHEN credit = %(suspense)s THEN amount_fen
                                      ELSE -amount_fen END) AS waiting
                      FROM billing_transfer
                      LEFT JOIN billing_suspenseassignment assigned
                        ON source_type = 'assignment' AND assigned.id = source_id
                      WHERE book = 0 AND %(suspense)s IN (debit, credit)
                      GROUP BY 1) ledger ON ledger.payment_id = payment.id
           WHERE COALESCE(ledger.waiting, 0) <> CASE
                   WHEN payment.in_suspense AND assigned.id IS NULL THEN payment.amount_fen
                   ELSE 0 END
              OR (assigned.id IS NOT NULL AND NOT payment.in_suspense)""",
    ),
    LedgerCheck(
        "refunds_blocked",
        "渠道已退的款项都已冻结：不多于收款减原路退款，不少于退款",
        """SELECT payment.transaction_id FROM billing_payment payment
           LEFT JOIN billing_suspenseassignment assigned ON assigned.payment_id = payment.id
           JOIN (SELECT provider, transaction_id, sum(amount_fen) AS refunded,
                        bool_or(amount_fen IS NULL) AS is_whole
                 FROM billing_reportedrefund GROUP BY provider, transaction_id) reported
             USING (provider, transaction_id)
           LEFT JOIN (SELECT refund.provider, refund.transaction_id,
                             sum(CASE WHEN transfer.credit = %(refund_blocked)s
                                      THEN transfer.amount_fen
                                      ELSE -transfer.amount_fen END) AS blocked
                      FROM billing_transfer transfer
                      JOIN billing_reportedrefund refund ON refund.id = transfer.source_id
                      WHERE transfer.book = 0 AND transfer.source_type = 'refund'
                      GROUP BY 1, 2) ledger USING (provider, transaction_id)
           LEFT JOIN (SELECT payment_id, sum(amount_fen) AS reserved FROM billing_refundtosource
                      WHERE state IN ('approved', 'processing', 'abnormal', 'paid')
                      GROUP BY payment_id) own ON own.payment_id = payment.id
           WHERE COALESCE(ledger.blocked, 0) <> CASE
                   WHEN payment.in_suspense AND assigned.id IS NULL THEN 0
                   WHEN reported.is_whole THEN payment.amount_fen - COALESCE(own.reserved, 0)
                   ELSE LEAST(payment.amount_fen - COALESCE(own.reserved, 0), reported.refunded)
                 END""",
    ),
    LedgerCheck(
        "settled_within_bill",
        "每张账单的销账不少于零，也不超过应收；贷项全部转入预收",
        """SELECT bill.number FROM billing_bill bill
           LEFT JOIN billing_bill_settlement settlement ON settlement.bill_id = bill.id
           WHERE CASE WHEN bill.kind = 'credit'
                      THEN settlement.settled_fen IS DISTINCT FROM bill.amount_fen
                      ELSE settlement.settled_fen NOT BETWEEN 0 AND bill.amount_fen END""",
    ),
    LedgerCheck(
        "no_negative_advance",
        "没有合同的预收为负",
        """SELECT 'contract ' || contract_id FROM billing_transfer
           WHERE contract_id IS NOT NULL AND %(advance)s IN (debit, credit)
           GROUP BY contract_id
           HAVING sum(CASE WHEN credit = %(advance)s THEN amount_fen ELSE -amount_fen END) < 0""",
    ),
    LedgerCheck(
        "connection_money_not_negative",
        "每个入网项目的预收和应收都不为负，且不同时有余额",
        """SELECT 'connection ' || connection_id FROM (
             SELECT connection_id,
                    sum(CASE %(connection_advance)s WHEN credit THEN amount_fen
                             WHEN debit THEN -amount_fen ELSE 0 END) AS advance,
                    sum(CASE %(connection_receivable)s WHEN debit THEN amount_fen
                             WHEN credit THEN -amount_fen ELSE 0 END) AS receivable
             FROM billing_transfer WHERE connection_id IS NOT NULL
             GROUP BY connection_id) balance
           WHERE advance < 0 OR receivable < 0 OR (advance > 0 AND receivable > 0)""",
    ),
    LedgerCheck(
        "connection_income_is_contract",
        "入网费收入等于已验收项目生效合同的金额，未验收和已终止的为零",
        """SELECT connection.number FROM customers_connection connection
           LEFT JOIN customers_connectioncontract contract
             ON contract.connection_id = connection.id AND contract.ended_at IS NULL
            AND connection.state IN ('ready', 'heated')
           LEFT JOIN (SELECT connection_id,
                             sum(CASE %(connection_income)s WHEN credit THEN amount_fen
                                      WHEN debit THEN -amount_fen ELSE 0 END) AS income
                      FROM billing_transfer WHERE connection_id IS NOT NULL
                      GROUP BY connection_id) ledger ON ledger.connection_id = connection.id
           WHERE COALESCE(ledger.income, 0) <> COALESCE(contract.amount_fen, 0)""",
    ),
    LedgerCheck(
        "credit_moves_posted_whole",
        "每笔已划转的入网余款转出、转入各入账一次，金额相等",
        """SELECT 'move ' || move.id FROM billing_creditmove move
           LEFT JOIN (SELECT source_id,
                             sum(CASE WHEN credit = %(connection_in_transit)s
                                      THEN amount_fen END) AS taken,
                             sum(CASE WHEN debit = %(connection_in_transit)s
                                      THEN amount_fen END) AS given
                      FROM billing_transfer WHERE kind = 'move' GROUP BY source_id) posting
             ON posting.source_id = move.id
           WHERE (posting.taken, posting.given) IS DISTINCT FROM
                 (CASE WHEN move.state = 'moved' THEN move.amount_fen END,
                  CASE WHEN move.state = 'moved' THEN move.amount_fen END)""",
    ),
    LedgerCheck(
        "receivables_are_open_bills",
        "每份合同的应收余额等于其账单未缴之和",
        """WITH ledger AS (
             SELECT contract_id,
                    sum(CASE WHEN debit = %(receivable)s THEN amount_fen ELSE -amount_fen END)
                        AS owed
             FROM billing_transfer
             WHERE contract_id IS NOT NULL AND %(receivable)s IN (debit, credit)
             GROUP BY contract_id
           ), bills AS (
             SELECT bill.contract_id,
                    sum(bill.amount_fen - COALESCE(settlement.settled_fen, 0)) AS owed
             FROM billing_bill bill
             LEFT JOIN billing_bill_settlement settlement ON settlement.bill_id = bill.id
             GROUP BY bill.contract_id
           )
           SELECT 'contract ' || COALESCE(ledger.contract_id, bills.contract_id)
           FROM ledger FULL JOIN bills USING (contract_id)
           WHERE COALESCE(ledger.owed, 0) <> COALESCE(bills.owed, 0)""",
    ),
    LedgerCheck(
        "sources_agree",
        "每笔分录的来源单据都在，且同属一家公司",
        """SELECT transfer.kind || ' ' || transfer.id FROM billing_transfer transfer
           LEFT JOIN (
             SELECT 'bill' AS source_type, id AS source_id, company_id FROM billing_bill
             UNION ALL SELECT 'payment', id, company_id FROM billing_payment
             UNION ALL SELECT 'assignment', id, company_id FROM billing_suspenseassignment
             UNION ALL SELECT 'shift', id, company_id FROM billing_shift
             UNION ALL SELECT 'run', id, company_id FROM billing_billingrun
             UNION ALL SELECT 'refund', id, company_id FROM billing_reportedrefund
             UNION ALL SELECT 'payout', id, company_id FROM billing_advancerefund
             UNION ALL SELECT 'reward', id, company_id FROM billing_rewardvoucher
             UNION ALL SELECT 'move', id, company_id FROM billing_creditmove
             UNION ALL SELECT 'connection', contract.id, company_id
             FROM customers_connectioncontract contract
             JOIN customers_connection connection ON connection.id = contract.connection_id
             UNION ALL SELECT 'to_source', id, company_id FROM billing_refundtosource
           ) source USING (source_type, source_id)
           WHERE source.company_id IS DISTINCT FROM transfer.company_id""",
    ),
    LedgerCheck(
        "companies_agree",
        "用热地点、户号、合同和用户同属一家公司",
        """SELECT 'premise ' || premise.id FROM customers_premise premise
           JOIN customers_building building ON building.id = premise.building_id
           JOIN customers_community community ON community.id = building.community_id
           WHERE premise.company_id <> community.company_id
           UNION ALL
           SELECT 'account ' || account.number FROM customers_account account
           JOIN customers_premise premise ON premise.id = account.premise_id
           WHERE account.company_id <> premise.company_id
           UNION ALL
           SELECT 'contract ' || contract.number FROM customers_supplycontract contract
           JOIN customers_account account ON account.id = contract.account_id
           JOIN customers_customer customer ON customer.id = contract.customer_id
           WHERE contract.company_id <> account.company_id
              OR contract.company_id <> customer.company_id""",
    ),
    LedgerCheck(
        "bill_numbers_without_gap",
        "账单号连续，无缺号",
        """SELECT series.name FROM office_numberseries series
           JOIN (SELECT 'bill:' || left(number, -8) AS name, count(*) AS used,
                        max(right(number, 8)::bigint) AS last
                 FROM billing_bill GROUP BY left(number, -8)) bill USING (name)
           WHERE (bill.used <> bill.last OR series.next_value <> bill.last + 1)
             AND NOT EXISTS (SELECT FROM billing_billingrun WHERE state = 'issuing')""",
    ),
    LedgerCheck(
        "receipt_numbers_without_gap",
        "收据号连续，无缺号",
        """SELECT series.name FROM office_numberseries series
           JOIN (SELECT 'receipt:' || left(number, 2) || ':' || substr(number, 3, 4) AS name,
                        count(*) AS used, max(right(number, 8)::bigint) AS last
                 FROM billing_receipt GROUP BY 1) receipt USING (name)
           WHERE receipt.used <> receipt.last OR series.next_value <> receipt.last + 1""",
    ),
)

_EXAMPLES = 5
_ACCOUNTS = {
    "receivable": int(LedgerAccount.RECEIVABLE),
    "advance": int(LedgerAccount.ADVANCE),
    "suspense": int(LedgerAccount.SUSPENSE),
    "refund_blocked": int(LedgerAccount.REFUND_BLOCKED),
    "connection_receivable": int(LedgerAccount.CONNECTION_RECEIVABLE),
    "connection_advance": int(LedgerAccount.CONNECTION_ADVANCE),
    "connection_in_transit": int(LedgerAccount.CONNECTION_IN_TRANSIT),
    "connection_income": int(LedgerAccount.CONNECTION_INCOME),
}


def run_check(check: LedgerCheck) -> CheckResult:
    """Runs the query of one check."""
    with connection.cursor() as cursor:
        cursor.execute(check.breaches, _ACCOUNTS)
        breaches = [str(row[0]) for row in cursor.fetchall()]
    return CheckResult(check, len(breaches), tuple(sorted(breaches)[:_EXAMPLES]))


def check_ledger() -> list[CheckResult]:
    """Runs all checks; in a repeatable-read transaction they see one snapshot."""
    return [run_check(check) for check in CHECKS]
