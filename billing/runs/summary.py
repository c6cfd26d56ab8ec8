"""The summary of a preview before any bill is numbered: totals, last season, outliers."""

from typing import Any

from django.db import connection

from billing.models import BillingRun, BillKind, HeatingSeason, PriceUnit
from billing.runs.drafts import DraftTables
from billing.runs.undrawn_names import undrawn_names
from customers.models import CustomerKind
from office.language import in_chinese
from office.money import yuan_text

# A bill is an outlier, for a person to look at, when it differs from last season's by more than
# this percentage and by more than this amount;
OUTLIER_PERCENT = 30
OUTLIER_FEN = 100_00
# or, without a bill last season, when it is this many times the average household's.
OUTLIER_TIMES = 8
MOST_OUTLIERS = 200

# `nothing_due`: accounts that were priced, but neither drafted nor parked, since they owe 0.
_TOTALS = """
SELECT count(*) AS accounts, COALESCE(sum(amount_fen), 0)::bigint AS amount_fen,
       (SELECT count(*) FROM {line} JOIN {bill} USING (account_id)) AS lines,
       (SELECT count(*) FROM billing_parkedaccount WHERE run_id = %(run)s) AS parked,
       (SELECT count(DISTINCT account_id) FROM {line}) - count(*)
           - (SELECT count(*) FROM billing_parkedaccount WHERE run_id = %(run)s) AS nothing_due
FROM {bill}
"""
_BY_TARIFF = """
SELECT line.category_name AS name, line.unit_price::text, line.unit, line.ratio::text,
       count(*) AS lines, sum(line.area)::text AS area, sum(line.amount_fen)::bigint AS amount_fen
FROM {line} line JOIN {bill} bill USING (account_id)
GROUP BY line.category_name, line.unit_price, line.unit, line.ratio
ORDER BY sum(line.amount_fen) DESC
"""
_BY_COMMUNITY = """
SELECT c.name, count(*) AS accounts, sum(d.amount_fen)::bigint AS amount_fen
FROM {bill} d JOIN customers_community c ON c.id = d.community_id
GROUP BY c.name ORDER BY sum(d.amount_fen) DESC, c.name
"""
_BY_CLASS = """
SELECT kind AS name, count(*) AS accounts, sum(amount_fen)::bigint AS amount_fen
FROM {bill} GROUP BY kind ORDER BY sum(amount_fen) DESC
"""
# Only accounts that are billed again count, so that the difference compares like with like.
_LAST_SEASON = """
SELECT count(*) AS accounts, COALESCE(sum(amount_fen), 0)::bigint AS amount_fen
FROM billing_bill WHERE season_id = %(last)s AND kind = %(kind)s
  AND account_id IN (SELECT account_id FROM {bill})
"""
_OPENING = """
SELECT count(*) AS accounts, COALESCE(sum(amount_fen), 0)::bigint AS amount_fen
FROM billing_bill WHERE season_id = %(season)s AND kind = %(opening)s
"""
_OUTLIERS = """
WITH household AS (SELECT avg(amount_fen) AS mean FROM {bill} WHERE kind = 'resident')
SELECT d.account_id, d.account_number AS number, d.address, d.amount_fen,
       last.amount_fen AS last_fen
FROM {bill} d CROSS JOIN household
LEFT JOIN billing_bill last ON last.season_id = %(last)s AND last.kind = %(kind)s
     AND last.account_id = d.account_id
WHERE CASE WHEN last.amount_fen IS NULL
           THEN d.kind = 'resident' AND d.amount_fen > household.mean * %(times)s
           ELSE abs(d.amount_fen - last.amount_fen) > %(floor)s
            AND abs(d.amount_fen - last.amount_fen) * 100 > last.amount_fen * %(percent)s END
ORDER BY abs(d.amount_fen - COALESCE(last.amount_fen, 0)) DESC, d.account_id LIMIT %(most)s
"""


def summarise(run: BillingRun) -> dict[str, Any]:
    """Returns the figures of a finished preview as plain JSON; amounts in fen."""
    last = season_before(run.season)
    parameters = {
        "run": run.pk,
        "last": last.pk if last else 0,
        "kind": BillKind.SEASON,
        "season": run.season_id,
        "opening": BillKind.OPENING,
        "times": OUTLIER_TIMES,
        "floor": OUTLIER_FEN,
        "percent": OUTLIER_PERCENT,
        "most": MOST_OUTLIERS,
    }
    totals = _rows(run, _TOTALS, parameters)[0]
    return {
        **totals,
        "by_tariff": [_with_unit(row) for row in _rows(run, _BY_TARIFF, parameters)],
        "by_community": _rows(run, _BY_COMMUNITY, parameters),
        "by_class": [_with_class(row) for row in _rows(run, _BY_CLASS, parameters)],
        "last_season": _compare(
            last, _rows(run, _LAST_SEASON, parameters)[0], totals["amount_fen"]
        ),
        "opening_arrears": _rows(run, _OPENING, parameters)[0],
        "outliers": [_with_sentence(row) for row in _rows(run, _OUTLIERS, parameters)],
        "undrawn": undrawn_names(run),
    }


def season_before(season: HeatingSeason) -> HeatingSeason | None:
    """Returns the company's season before this one, or None."""
    return (
        HeatingSeason.objects.filter(company=season.company_id, starts__lt=season.starts)
        .order_by("-starts")
        .first()
    )


def _rows(run: BillingRun, sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Runs a query over the draft tables and returns its rows as dicts."""
    tables = DraftTables(run.pk)
    with connection.cursor() as cursor:
        cursor.execute(sql.format(bill=tables.bill, line=tables.line), parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _with_unit(row: dict[str, Any]) -> dict[str, Any]:
    with in_chinese():
        return row | {"unit": str(PriceUnit(row["unit"]).label)}


def _with_class(row: dict[str, Any]) -> dict[str, Any]:
    with in_chinese():
        return row | {"name": str(CustomerKind(row["name"]).label)}


def _compare(
    last: HeatingSeason | None, last_totals: dict[str, Any], amount_fen: int
) -> dict[str, Any] | None:
    """Returns last season's bills of the same accounts and the difference, or None without any."""
    if last is None or not last_totals["accounts"]:
        return None
    difference_fen = amount_fen - last_totals["amount_fen"]
    return {"label": last.label, **last_totals, "difference_fen": difference_fen}


def _with_sentence(row: dict[str, Any]) -> dict[str, Any]:
    now, last = row["amount_fen"], row["last_fen"]
    if last is None:
        sentence = f"本季 {yuan_text(now)} 元，远高于居民户均，请核对面积。"
    else:
        sentence = f"本季 {yuan_text(now)} 元，上季 {yuan_text(last)} 元，请核对变动原因。"
    return row | {"sentence": sentence}
