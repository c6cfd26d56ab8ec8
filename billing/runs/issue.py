"""Turning approved drafts into numbered bills and ledger postings, a stretch at a time.

A season's first run fills tables that nobody sees and attaches them in its last step; a later
run writes into the attached ones. Either way a stretch is one transaction that remembers how
far it came: killed anywhere, the next worker goes on where the last stretch ended.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from billing.chart import LedgerAccount
from billing.models import BillingRun
from billing.runs.drafts import DraftTables
from billing.runs.recheck import park_changed_drafts
from billing.seasons.bill_numbers import bill_number_prefix, draw_bill_numbers
from billing.seasons.partitions import SeasonTables, are_attached, attach, build_detached
from billing.states import BillingRunState
from office.calendar import business_date
from office.refusals import Refused
from office.runs.steps import fix_business_date
from office.zone import SHANGHAI

_BILLS = """
INSERT INTO {target} (id, company_id, season_id, number, kind, account_id, contract_id, customer_id,
    run_id, amount_fen, tax_fen, due_on, issued_at, account_number, customer_name, address)
SELECT bill_id, %(company)s, %(season)s,
       %(prefix)s || lpad((%(first)s + row_number() OVER (ORDER BY seq) - 1)::text, 8, '0'),
       'season', account_id, contract_id, customer_id, %(run)s, amount_fen, tax_fen, %(due_on)s,
       %(issued_at)s, account_number, customer_name, address
FROM {draft_bill} WHERE seq > %(after)s AND seq <= %(through)s ORDER BY seq
"""
_LINES = """
INSERT INTO {target} (season_id, bill_id, ordinal, area_line_id, tariff_id, category_name,
    area_basis, area, height, over_height_percent, unit, unit_price, periods, ratio, vat_rate,
    amount_fen, tax_fen)
SELECT %(season)s, bill.bill_id, line.ordinal, line.area_line_id, line.tariff_id,
       line.category_name, line.area_basis, line.area, line.height, line.over_height_percent,
       line.unit, line.unit_price, line.periods, line.ratio, line.vat_rate, line.amount_fen,
       line.tax_fen
FROM {draft_bill} bill JOIN {draft_line} line USING (account_id)
WHERE bill.seq > %(after)s AND bill.seq <= %(through)s
"""
_TRANSFERS = """
INSERT INTO {target} (book, company_id, kind, debit, credit, amount_fen, business_date, posted_at,
    contract_id, season_id, bill_id)
SELECT %(season)s, %(company)s, 'bill', %(receivable)s, part.credit, part.amount_fen,
       %(business_date)s, %(at)s, bill.contract_id, %(season)s, bill.bill_id
FROM {draft_bill} bill
CROSS JOIN LATERAL (VALUES
    (%(exempt)s, bill.exempt_fen),
    (%(taxed)s, bill.amount_fen - bill.exempt_fen - bill.tax_fen),
    (%(vat)s, bill.tax_fen)
) part (credit, amount_fen)
WHERE bill.seq > %(after)s AND bill.seq <= %(through)s AND part.amount_fen > 0
"""


def count_billed_since(run: BillingRun) -> int:
    """How many of the drafted accounts have got a bill of the season by other ways."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {DraftTables(run.pk).bill} draft JOIN billing_bill bill"
            " ON bill.account_id = draft.account_id"
            " AND bill.season_id = %s AND bill.kind = 'season'",
            [run.season_id],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def begin_issue(run: BillingRun) -> None:
    """A step of `carry_on_billing_run`, in a transaction of its own: prepares the tables that the
    run writes into."""
    if not are_attached(run.season):
        build_detached(run.season)


@transaction.atomic
def issue_stretch(run: BillingRun, *, at: datetime) -> int:
    """A step of `carry_on_billing_run`, in a transaction of its own: issues the next stretch of
    drafts and returns how many of the run's bills are written."""
    # A worker that was believed dead may still be in this stretch: the next one waits here and
    # goes on after it.
    locked_run = (
        BillingRun.objects.select_for_update(of=("self",))
        .select_related("season", "company")
        .get(pk=run.pk)
    )
    drafts = DraftTables(locked_run.pk)
    after = locked_run.issued_through
    through, count = _next_stretch(drafts, after)
    if locked_run.state != BillingRunState.ISSUING or not count:
        return locked_run.bill_count + locked_run.changed_since_preview
    # Fixed by `issue_billing_run`; only a run that the version before was issuing has none yet.
    fix_business_date(locked_run, at=at)
    parked = park_changed_drafts(locked_run, after, through)
    # What was approved stays in the summary; the run becomes what is really issued.
    locked_run.bill_count -= parked.accounts
    locked_run.amount_fen -= parked.amount_fen
    locked_run.changed_since_preview += parked.accounts
    if count > parked.accounts:
        _write(locked_run, drafts, after, through, count - parked.accounts, at)
    locked_run.issued_through = through
    locked_run.save(
        update_fields=[
            "issued_through",
            "business_date",
            "bill_count",
            "amount_fen",
            "changed_since_preview",
        ]
    )
    return _written(drafts, through) + locked_run.changed_since_preview


def finish_issue(run: BillingRun) -> None:
    """Attaches what was filled and proves that it is what was approved, less what was parked.

    Call in a transaction.
    """
    tables = SeasonTables(run.season_id)
    if not are_attached(run.season):
        attach(run.season)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), COALESCE(sum(amount_fen), 0) FROM {tables.bill} WHERE run_id = %s",
            [run.pk],
        )
        written = tuple(int(figure) for figure in cursor.fetchone())
        for table, _key, _parent in tables.with_parents():
            cursor.execute(f"ANALYZE {table}")
    if written != (run.bill_count, run.amount_fen):
        raise Refused(
            "issue_differs", _("出账结果与审核的试算不一致，已全部撤回，请联系系统管理员。")
        )


def _write(
    run: BillingRun, drafts: DraftTables, after: int, through: int, count: int, at: datetime
) -> None:
    company, season = run.company, run.season
    tables = SeasonTables(season.pk)
    # The date on the bills is the run's business date, also for stretches after midnight.
    day = run.business_date or business_date(at)
    midnight = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    facts: dict[str, Any] = {
        "company": company.pk,
        "season": season.pk,
        "run": run.pk,
        "prefix": bill_number_prefix(season),
        "first": draw_bill_numbers(season, count),
        "due_on": season.due_on,
        "issued_at": min(at, midnight - timedelta(seconds=1)),
        "at": at,
        "business_date": day,
        "after": after,
        "through": through,
        "receivable": int(LedgerAccount.RECEIVABLE),
        "exempt": int(LedgerAccount.REVENUE_EXEMPT),
        "taxed": int(LedgerAccount.REVENUE_TAXED),
        "vat": int(LedgerAccount.OUTPUT_VAT),
    }
    steps = ((_BILLS, tables.bill), (_LINES, tables.line), (_TRANSFERS, tables.transfer))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for sql, target in steps:
            cursor.execute(
                sql.format(target=target, draft_bill=drafts.bill, draft_line=drafts.line), facts
            )


def _next_stretch(drafts: DraftTables, after: int) -> tuple[int, int]:
    """The last draft of the next stretch, and how many drafts it has."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(seq), count(*) FROM (SELECT seq FROM {drafts.bill} WHERE seq > %s"
            f" ORDER BY seq LIMIT {settings.BILLING_STRETCH}) stretch",
            [after],
        )
        through, count = cursor.fetchone()
    return through or after, count


def _written(drafts: DraftTables, through: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {drafts.bill} WHERE seq <= %s", [through])
        return int(cursor.fetchone()[0])
