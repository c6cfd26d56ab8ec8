"""Issuing: approved drafts become numbered bills and ledger entries, a stretch at a time.

The first run of a season fills tables that nobody sees and attaches them in its last step; a later
run writes into the attached ones. A stretch is one transaction that also stores how far the run has
come: whenever a worker is killed, the next one continues after the last stretch.
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

# The numbers of a stretch are drawn at once, `first` being the first; row_number spreads them in
# the order of the drafts, so that they have no gaps.
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
    area_basis, area, height, over_height_percent, unit, unit_price, periods, charged_from,
    charged_days, season_days, ratio, vat_rate, amount_fen, tax_fen)
SELECT %(season)s, bill.bill_id, line.ordinal, line.area_line_id, line.tariff_id,
       line.category_name, line.area_basis, line.area, line.height, line.over_height_percent,
       line.unit, line.unit_price, line.periods, line.charged_from, line.charged_days,
       line.season_days, line.ratio, line.vat_rate, line.amount_fen, line.tax_fen
FROM {draft_bill} bill JOIN {draft_line} line USING (account_id)
WHERE bill.seq > %(after)s AND bill.seq <= %(through)s
"""
# One bill becomes up to three entries, one per credit account: revenue without VAT, revenue with
# VAT, and the VAT itself. LATERAL makes these rows in one pass; the ledger allows no amount of 0.
_TRANSFERS = """
INSERT INTO {target} (book, company_id, kind, debit, credit, amount_fen, business_date, posted_at,
    contract_id, season_id, bill_id, source_type, source_id)
SELECT %(season)s, %(company)s, 'bill', %(receivable)s, part.credit, part.amount_fen,
       %(business_date)s, %(at)s, bill.contract_id, %(season)s, bill.bill_id,
       'bill', bill.bill_id
FROM {draft_bill} bill
CROSS JOIN LATERAL (VALUES
    (%(exempt)s, bill.exempt_fen),
    (%(taxed)s, bill.amount_fen - bill.exempt_fen - bill.tax_fen),
    (%(vat)s, bill.tax_fen)
) part (credit, amount_fen)
WHERE bill.seq > %(after)s AND bill.seq <= %(through)s AND part.amount_fen > 0
"""


def count_billed_since(run: BillingRun) -> int:
    """Returns how many drafted accounts have got a bill of the season since the preview."""
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
    # Once the run is issued its drafts are gone: the state is asked before they are read.
    if locked_run.state != BillingRunState.ISSUING:
        return locked_run.bill_count + locked_run.changed_since_preview
    drafts = DraftTables(locked_run.pk)
    after = locked_run.issued_through
    through, count = _next_stretch(drafts, after)
    if not count:
        return locked_run.bill_count + locked_run.changed_since_preview
    # Fixed by `issue_billing_run`; only a run that the version before was issuing has none yet.
    fix_business_date(locked_run, at=at)
    parked = park_changed_drafts(locked_run, after, through)
    # What was approved stays in the summary; the run becomes what is really issued.
    locked_run.bill_count -= parked.accounts
    locked_run.amount_fen -= parked.amount_fen
    locked_run.changed_since_preview += parked.accounts
    if count > parked.accounts:
        _write_stretch(locked_run, drafts, after, through, count - parked.accounts, at)
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
    return _count_written(drafts, through) + locked_run.changed_since_preview


def attach_and_prove(run: BillingRun) -> None:
    """A step of `finish_issue`: attaches the filled tables and proves that they are what was
    approved, less what was parked.

    Raises `Refused` when number or sum of the bills differ; the caller's transaction is rolled
    back.
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
        # Autovacuum would analyse the new tables later; until then every plan would be a guess.
        for table, _parent, _key in tables.with_parents():
            cursor.execute(f"ANALYZE {table}")
    if written != (run.bill_count, run.amount_fen):
        raise Refused(
            "issue_differs", _("出账结果与审核的试算不一致，已全部撤回，请联系系统管理员。")
        )


def _write_stretch(
    run: BillingRun, drafts: DraftTables, after: int, through: int, count: int, at: datetime
) -> None:
    """Writes bills, lines and ledger entries of the drafts after `after` up to `through`."""
    company, season = run.company, run.season
    tables = SeasonTables(season.pk)
    # The date on the bills is the run's business date, also for stretches after midnight.
    day = run.business_date or business_date(at)
    midnight = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    parameters: dict[str, Any] = {
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
    statements = ((_BILLS, tables.bill), (_LINES, tables.line), (_TRANSFERS, tables.transfer))
    with connection.cursor() as cursor:
        # The default is made for small queries: sorts and hashes of a stretch would go to disk.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for statement, target in statements:
            sql = statement.format(target=target, draft_bill=drafts.bill, draft_line=drafts.line)
            cursor.execute(sql, parameters)


def _next_stretch(drafts: DraftTables, after: int) -> tuple[int, int]:
    """Returns the sequence number of the stretch's last draft, and the number of its drafts."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(seq), count(*) FROM (SELECT seq FROM {drafts.bill} WHERE seq > %s"
            f" ORDER BY seq LIMIT {settings.BILLING_STRETCH}) stretch",
            [after],
        )
        through, count = cursor.fetchone()
    return through or after, count


def _count_written(drafts: DraftTables, through: int) -> int:
    """Returns how many drafts there are up to `through`: so many bills exist by now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {drafts.bill} WHERE seq <= %s", [through])
        return int(cursor.fetchone()[0])
