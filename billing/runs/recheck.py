"""Drafts whose account has changed since the preview: found, priced again, and parked.

Every draft keeps a hash of all that its pricing read (`inputs_hash`). Before a stretch is issued
the hashes are computed again in one statement; only accounts with another hash are priced again.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from billing.models import BillingRun
from billing.runs.drafts import DraftTables
from billing.runs.preview import pricing_factors
from billing.runs.pricing_sql import inputs_hash_sql, price_stretch_sql

# Up to so many accounts are priced again by looking each up in the indexes. With passes over whole
# tables, few accounts would cost as much as all of the stretch.
MOST_BY_KEY = 1_000
CHANGED = "changed_since_preview"
CHANGED_SENTENCE = (
    "试算以后该户的用户、合同、面积、供热状态或地址有变动，本批没有出账，请核对后另行出账。"
)

_BILL_COLUMNS = """account_id, contract_id, customer_id, community_id, kind, account_number,
    customer_name, address, amount_fen, exempt_fen, tax_fen"""
_LINE_COLUMNS = """line.account_id, line.contract_id, line.customer_id, line.address,
    line.area_line_id, line.ordinal, line.category_name, line.tariff_id, line.area_basis,
    line.area, line.height, line.over_height_percent, line.unit, line.unit_price, line.periods,
    line.charged_from, line.charged_days, line.ratio, line.vat_rate, line.amount_fen,
    line.tax_fen, line.fault"""
# A draft without a hash is of the version before; one without a present hash would not be priced
# now at all, for example because another run has billed the account. Both count as changed.
_CHANGED_INPUTS = """
SELECT draft.account_id
FROM {draft_bill} draft LEFT JOIN ({inputs_hash}) present USING (account_id)
WHERE draft.seq > %(after_seq)s AND draft.seq <= %(through_seq)s
  AND draft.inputs_hash IS DISTINCT FROM present.inputs_hash
"""
# EXCEPT takes two NULLs for equal, as is right for a height that is on no record.
_PARK_CHANGED = """
WITH draft AS (
    SELECT * FROM {draft_bill} WHERE account_id = ANY(%(accounts)s)
), before AS (
    SELECT {line_columns} FROM {draft_line} line JOIN draft USING (account_id)
), now AS (
    SELECT {line_columns} FROM {line} line JOIN draft USING (account_id)
), changed AS (
    SELECT account_id FROM (SELECT * FROM before EXCEPT SELECT * FROM now) gone
    UNION SELECT account_id FROM (SELECT * FROM now EXCEPT SELECT * FROM before) come
    UNION SELECT account_id FROM (
        SELECT {bill_columns} FROM draft EXCEPT SELECT {bill_columns} FROM {bill}) bill
), parked AS (
    INSERT INTO billing_parkedaccount (run_id, account_id, reason, sentence)
    SELECT %(run)s, changed.account_id, COALESCE(fault.reason, %(reason)s),
           COALESCE(fault.sentence, %(sentence)s)
    FROM changed LEFT JOIN {parked} fault USING (account_id)
), removed AS (
    DELETE FROM {draft_bill} bill USING changed
    WHERE bill.account_id = changed.account_id RETURNING bill.amount_fen
)
SELECT count(*), COALESCE(sum(amount_fen), 0) FROM removed
"""


@dataclass(frozen=True)
class _AgainTables:
    """Temporary tables for the accounts of a stretch that are priced a second time."""

    bill: str = "pg_temp.billing_again_bill"
    line: str = "pg_temp.billing_again_line"
    parked: str = "pg_temp.billing_again_parked"


_AGAIN = _AgainTables()


@dataclass(frozen=True)
class Parked:
    """How many drafts were parked, and their amount in fen."""

    accounts: int
    amount_fen: int


def park_changed_drafts(run: BillingRun, after_seq: int, through_seq: int) -> Parked:
    """Parks those drafts of a stretch that would be priced otherwise now than in the preview.

    A step of `issue_stretch`; the caller holds the lock of the run. Whatever changes in the records
    after this statement is a change after issuing.
    """
    drafts = DraftTables(run.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(account_id) - 1, max(account_id) FROM {drafts.bill}"
            " WHERE seq > %s AND seq <= %s",
            [after_seq, through_seq],
        )
        after, through = cursor.fetchone()
        factors = pricing_factors(run, after, through)
        # As in the preview: sorts and hashes in memory, neighbouring accounts read in one pass.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            _CHANGED_INPUTS.format(draft_bill=drafts.bill, inputs_hash=inputs_hash_sql()),
            {**factors, "after_seq": after_seq, "through_seq": through_seq},
        )
        changed_accounts = [account_id for (account_id,) in cursor.fetchall()]
        parked = Parked(0, 0)
        if changed_accounts:
            parked = _price_again(cursor, run, drafts, {**factors, "accounts": changed_accounts})
        cursor.execute("SET LOCAL enable_nestloop = on")
    return parked


def _price_again(
    cursor: Any, run: BillingRun, drafts: DraftTables, factors: dict[str, Any]
) -> Parked:
    """Prices the accounts of `factors` again and parks those whose draft comes out otherwise.

    Not every change of an input changes the draft: an inner area does not where the price is by the
    building area.
    """
    _make_tables(cursor, drafts)
    if len(factors["accounts"]) <= MOST_BY_KEY:
        cursor.execute("SET LOCAL enable_nestloop = on")
    cursor.execute(price_stretch_sql(_AGAIN, _AGAIN.parked), factors)
    # The draft tables have no index: a loop would read them once for every account.
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute(
        _PARK_CHANGED.format(
            draft_bill=drafts.bill,
            draft_line=drafts.line,
            bill=_AGAIN.bill,
            line=_AGAIN.line,
            parked=_AGAIN.parked,
            bill_columns=_BILL_COLUMNS,
            line_columns=_LINE_COLUMNS,
        ),
        {
            "run": run.pk,
            "accounts": factors["accounts"],
            "reason": CHANGED,
            "sentence": CHANGED_SENTENCE,
        },
    )
    accounts, amount_fen = cursor.fetchone()
    _drop_tables(cursor)
    return Parked(int(accounts), int(amount_fen))


def _make_tables(cursor: Any, drafts: DraftTables) -> None:
    _drop_tables(cursor)
    # Without defaults and identity: the second pricing draws no bill ids.
    cursor.execute(f"CREATE TEMP TABLE billing_again_line (LIKE {drafts.line}) ON COMMIT DROP")
    cursor.execute(f"CREATE TEMP TABLE billing_again_bill (LIKE {drafts.bill}) ON COMMIT DROP")
    cursor.execute(
        "ALTER TABLE pg_temp.billing_again_bill ALTER seq DROP NOT NULL,"
        " ALTER bill_id DROP NOT NULL"
    )
    cursor.execute(
        "CREATE TEMP TABLE billing_again_parked"
        " (run_id bigint, account_id bigint, reason text, sentence text) ON COMMIT DROP"
    )


def _drop_tables(cursor: Any) -> None:
    for table in (_AGAIN.bill, _AGAIN.line, _AGAIN.parked):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
