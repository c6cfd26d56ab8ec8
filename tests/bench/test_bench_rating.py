"""Rating 5,000 suppliers over a million deliveries, beside the bare aggregation and insert.

`RATING_DELIVERIES` says how many deliveries there are.
"""

import os
import statistics
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from suppliers.models import RatingRun, RatingScore, SupplierRating
from suppliers.rating.runs import create_rating_run, score_rating_run
from suppliers.rating.score_rows import score_suppliers
from suppliers.rating_states import RatingRunState
from tests.suppliers.admission_records import people
from tests.suppliers.rating_records import a_published_rule
from tests.suppliers.supply_records import NEW_YEAR, an_order

DELIVERIES = int(os.environ.get("RATING_DELIVERIES", "1000000"))
SUPPLIERS = 5_000
ENTERED = datetime(2026, 12, 31, 4, tzinfo=UTC)
_PARAMS = {"suppliers": SUPPLIERS, "deliveries": DELIVERIES, "entered": ENTERED}
# Every fiftieth delivery was corrected once: the entry before it no longer counts.
_RECORD = """
INSERT INTO suppliers_supplier (credit_code, name, representative, region, address, phone, remark,
    registered_at)
SELECT '91140100' || lpad(n::text, 9, '0') || 'A', '供应商' || n, '法人' || n, 'north', '太原', '',
    '', %(entered)s
FROM generate_series(100001, 100000 + %(suppliers)s) n;
CREATE TEMP TABLE firms ON COMMIT PRESERVE ROWS AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM suppliers_supplier
WHERE name LIKE '供应商%%';
INSERT INTO suppliers_supplyorder (company_id, supplier_id, category_id, number, item, unit,
    quantity, unit_price_fen, lowest_price_fen, ordered_on, promised_on, breached, entered_at,
    change_reason, withdrawn)
SELECT m.company_id, f.id, m.category_id, 'B' || n, m.item, m.unit, 100 + n %% 50, 1000 + n %% 300,
    CASE WHEN n %% 10 = 0 THEN NULL ELSE 1000 END, date '2026-01-01' + n %% 200,
    date '2026-01-01' + n %% 200 + 30, n %% 40 = 0, %(entered)s, '', false
FROM suppliers_supplyorder m, generate_series(1, %(deliveries)s / 5) n
JOIN firms f ON f.n = n %% %(suppliers)s WHERE m.id = %(model)s;
INSERT INTO suppliers_delivery (company_id, supplier_id, order_id, number, promised_on, actual_on,
    received, accepted, entered_at, change_reason, withdrawn)
SELECT m.company_id, f.id, m.id, 'D' || n, date '2026-01-01' + n %% 365,
    date '2026-01-01' + n %% 365 + n %% 7 / 5, 100 + n %% 90, 100 + n %% 90 - n %% 4, %(entered)s,
    '', false
FROM suppliers_supplyorder m, generate_series(1, %(deliveries)s) n
JOIN firms f ON f.n = n %% %(suppliers)s WHERE m.id = %(model)s;
INSERT INTO suppliers_delivery (company_id, supplier_id, order_id, number, promised_on, actual_on,
    received, accepted, entered_at, change_reason, withdrawn, replaces_id, original_id)
SELECT company_id, supplier_id, order_id, number, promised_on, actual_on, received, accepted,
    %(entered)s, '更正', false, id, id
FROM suppliers_delivery WHERE id %% 50 = 0;
INSERT INTO suppliers_aftersalescase (company_id, supplier_id, number, subject, opened_on, due_on,
    closed_on, entered_at, change_reason, withdrawn)
SELECT m.company_id, f.id, 'C' || n, '渗漏', date '2026-03-01', date '2026-03-10',
    date '2026-03-05' + n %% 9, %(entered)s, '', false
FROM suppliers_supplyorder m, generate_series(1, %(deliveries)s / 20) n
JOIN firms f ON f.n = n %% %(suppliers)s WHERE m.id = %(model)s;
"""
# The least that has to be done: each table is read and added up once, each row is written once.
_BARE = """
CREATE TEMP TABLE bare_rating ON COMMIT DROP AS SELECT * FROM suppliers_supplierrating LIMIT 0;
CREATE TEMP TABLE bare_score ON COMMIT DROP AS SELECT * FROM suppliers_ratingscore LIMIT 0;
ALTER TABLE bare_rating ADD PRIMARY KEY (id);
ALTER TABLE bare_rating ADD UNIQUE (run_id, supplier_id);
CREATE INDEX ON bare_rating (supplier_id);
ALTER TABLE bare_score ADD UNIQUE (rating_id, dimension);
CREATE INDEX ON bare_score (rating_id);
WITH delivered AS (
    SELECT supplier_id, sum(accepted) AS accepted, sum(received) AS received,
        count(*) FILTER (WHERE actual_on <= promised_on) AS in_time, count(*) AS rows
    FROM suppliers_delivery WHERE promised_on BETWEEN '2026-01-01' AND '2026-12-31' GROUP BY 1
), ordered AS (
    SELECT supplier_id, count(*) FILTER (WHERE NOT breached) AS unbreached, count(*) AS rows,
        sum(lowest_price_fen * quantity) AS lowest,
        sum(unit_price_fen * quantity) FILTER (WHERE lowest_price_fen IS NOT NULL) AS paid
    FROM suppliers_supplyorder WHERE ordered_on BETWEEN '2026-01-01' AND '2026-12-31' GROUP BY 1
), mended AS (
    SELECT supplier_id, count(*) FILTER (WHERE closed_on <= due_on) AS in_time, count(*) AS rows
    FROM suppliers_aftersalescase WHERE due_on BETWEEN '2026-01-01' AND '2026-12-31' GROUP BY 1
), scores AS (
    SELECT supplier_id, 'quality' AS dimension, accepted AS part, received AS whole, rows
    FROM delivered
    UNION ALL SELECT supplier_id, 'delivery', in_time, rows, rows FROM delivered
    UNION ALL SELECT supplier_id, 'contract', unbreached, rows, rows FROM ordered
    UNION ALL SELECT supplier_id, 'price', lowest, paid, rows FROM ordered
    UNION ALL SELECT supplier_id, 'after_sales', in_time, rows, rows FROM mended
), written AS (
    INSERT INTO bare_rating (id, run_id, supplier_id, total, rating_class, for_panel,
        counted_records)
    SELECT supplier_id, 1, supplier_id, round(sum(20 * part / nullif(whole, 0)), 2), 'qualified',
        true, '[]' FROM scores GROUP BY supplier_id
)
INSERT INTO bare_score (rating_id, dimension, weight, numerator, denominator, rows, panel_share,
    value)
SELECT supplier_id, dimension, 20, part, whole, rows, 0, round(100 * part / nullif(whole, 0), 2)
FROM scores
"""


def _execute(statement: str, **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


def _bare() -> float:
    began = time.perf_counter()
    with transaction.atomic():
        _execute(_BARE)
    return time.perf_counter() - began


def _scored(run: RatingRun) -> float:
    began = time.perf_counter()
    score_suppliers(run)
    return time.perf_counter() - began


@pytest.mark.django_db(transaction=True)
def test_rating_against_bare_aggregation_and_insert() -> None:
    staff = people()
    a_published_rule(staff)
    with transaction.atomic():
        _execute(_RECORD, **_PARAMS, model=an_order(lowest_price_fen=None).pk)
    _execute("ANALYZE suppliers_delivery, suppliers_supplyorder, suppliers_aftersalescase")
    run = create_rating_run(2026, by=staff.buyer, at=NEW_YEAR)
    score_rating_run(run, by=staff.buyer, at=NEW_YEAR)
    pairs = [(_bare(), _scored(run)) for _ in range(3)]
    ratio = statistics.median(scored / bare for bare, scored in pairs)
    bare, scored = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"\n{SUPPLIERS:,} suppliers over {DELIVERIES:,} deliveries: rated in {scored:.2f} s,"
        f" bare aggregation and insert {bare:.2f} s, ratio {ratio:.2f}"
    )
    run.refresh_from_db()
    assert run.state == RatingRunState.SCORING
    assert SupplierRating.objects.filter(run=run).count() == SUPPLIERS + 1
    assert RatingScore.objects.count() == 5 * (SUPPLIERS + 1)
    deliveries = RatingScore.objects.filter(dimension="delivery").values_list("rows", flat=True)
    assert sum(deliveries) == DELIVERIES
    assert RatingScore.objects.filter(dimension="quality", value__gt=Decimal(90)).exists()
    assert ratio <= 2
