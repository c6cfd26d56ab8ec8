"""Opening arrears: one bill and one ledger entry for each account and past season."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from billing.chart import LedgerAccount
from billing.models import HeatingSeason
from billing.seasons.bill_numbers import bill_number_prefix, draw_bill_numbers
from billing.seasons.partitions import ensure_season_partitions
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.refusals import Refused

# Accounts that exist already (account_id is not NULL) have had their debts entered.
_SEASONS = """
SELECT DISTINCT arrears_season FROM account_list_line
WHERE account_id IS NULL AND arrears_fen > 0 ORDER BY 1
"""
# Lists repeat the debt of an account in each of its rows, but it is owed once: hence DISTINCT.
_TOTALS = """
SELECT count(*), COALESCE(sum(fen), 0)::bigint FROM (
    SELECT sum(DISTINCT arrears_fen) AS fen FROM account_list_line
    WHERE arrears_fen > 0 AND (account_id IS NULL OR %s) GROUP BY number, arrears_season
) debt
"""
# The numbers of a season are drawn at once, `first` being the first; row_number spreads them in the
# order of the list, so that they have no gaps.
_BILLS = """
INSERT INTO billing_bill (company_id, season_id, number, kind, account_id, contract_id,
    customer_id, amount_fen, tax_fen, due_on, issued_at, account_number, customer_name, address)
SELECT %(company)s, %(season)s,
       %(prefix)s || lpad((%(first)s + row_number() OVER (ORDER BY debt.first_row) - 1)::text,
                          8, '0'),
       'opening', account.account_id, account.contract_id, account.customer_id, debt.fen, 0,
       %(due_on)s, %(at)s, account.number, account.name, account.address
FROM (
    SELECT number, sum(DISTINCT arrears_fen)::bigint AS fen, min(row) AS first_row
    FROM account_list_line
    WHERE account_id IS NULL AND arrears_season = %(label)s AND arrears_fen > 0 GROUP BY number
) debt JOIN account_list_new account USING (number)
"""
_TRANSFERS = """
INSERT INTO billing_transfer (book, company_id, kind, debit, credit, amount_fen, business_date,
    posted_at, contract_id, season_id, bill_id, source_type, source_id)
SELECT %(season)s, %(company)s, 'bill', %(receivable)s, %(opening)s, bill.amount_fen,
       %(business_date)s, %(at)s, bill.contract_id, %(season)s, bill.id, 'bill', bill.id
FROM account_list_new account
JOIN billing_bill bill ON bill.season_id = %(season)s AND bill.kind = 'opening'
    AND bill.account_id = account.account_id
"""


def season_of(company: Company, day: date) -> HeatingSeason:
    """Returns the company's current or latest season, or its first one before that has begun."""
    seasons = HeatingSeason.objects.filter(company=company)
    season = (
        seasons.filter(starts__lte=day).order_by("-starts").first()
        or seasons.order_by("starts").first()
    )
    if season is None:
        raise Refused("no_season", _("本公司还没有采暖季，请先建立本采暖季再导入台账。"))
    return season


def opening_arrears_fen(*, with_known_accounts: bool) -> tuple[int, int]:
    """Returns the number of debts in the good rows of the list, and their sum in fen."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [with_known_accounts])
        count, fen = cursor.fetchone()
    return int(count), int(fen)


def past_labels() -> list[str]:
    """Returns the labels of the seasons in which the list's new accounts have arrears."""
    with connection.cursor() as cursor:
        cursor.execute(_SEASONS)
        return [label for (label,) in cursor.fetchall()]


@transaction.atomic
def open_past_seasons(
    company: Company, labels: Iterable[str], *, by: Actor, at: datetime
) -> list[HeatingSeason]:
    """A step of the import, in a transaction of its own: creates missing seasons and their tables.

    A new season is modelled on the company's latest one. The transaction is its own, because
    attaching a partition locks the parent table, and that lock must neither wait for a long import
    nor last as long as one.
    """
    return [_past_season(company, label, by=by, at=at) for label in labels]


def _past_season(company: Company, label: str, *, by: Actor, at: datetime) -> HeatingSeason:
    """Returns the season with this label; creates it, moved by whole years, where there is none."""
    season = HeatingSeason.objects.filter(company=company, label=label).first()
    if season is None:
        latest = HeatingSeason.objects.filter(company=company).order_by("-label").first()
        if latest is None:
            raise Refused("no_season", _("本公司还没有采暖季，请先建立本采暖季再导入台账。"))
        years = int(label[:4]) - int(latest.label[:4])
        season = HeatingSeason.objects.create(
            company=company,
            label=label,
            starts=_years_on(latest.starts, years),
            ends=_years_on(latest.ends, years),
            ends_inclusive=latest.ends_inclusive,
            billable_months=latest.billable_months,
            due_on=_years_on(latest.due_on, years),
        )
        journal.record("open_past_season", season, by=by, at=at, label=label)
    ensure_season_partitions(season)
    return season


def post_opening_arrears(season: HeatingSeason, *, at: datetime) -> None:
    """A step of the import: writes the opening bills of the season and their ledger entries.

    The caller runs it in the transaction of the load.
    """
    company = season.company
    facts: dict[str, int | str | date | datetime] = {
        "company": company.pk,
        "season": season.pk,
        "label": season.label,
        "prefix": bill_number_prefix(season),
        "due_on": season.due_on,
        "at": at,
        "business_date": business_date(at),
        "receivable": int(LedgerAccount.RECEIVABLE),
        "opening": int(LedgerAccount.OPENING),
    }
    with connection.cursor() as cursor:
        # Numbers are drawn before they are used, so the bills are counted first.
        cursor.execute(
            "SELECT count(DISTINCT number) FROM account_list_line"
            " WHERE account_id IS NULL AND arrears_season = %s AND arrears_fen > 0",
            [season.label],
        )
        count = int(cursor.fetchone()[0])
        if count:
            facts["first"] = draw_bill_numbers(season, count)
            cursor.execute(_BILLS, facts)
            cursor.execute(_TRANSFERS, facts)


def _years_on(day: date, years: int) -> date:
    """Returns the same day a number of years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
