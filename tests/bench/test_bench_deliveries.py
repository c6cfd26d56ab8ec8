"""A list of 100,000 deliveries as CSV, beside a bare COPY of the same rows.

`LIST_DELIVERIES` says how many rows there are.
"""

from __future__ import annotations

import io
import os
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files import File
from django.db import connection, transaction

from suppliers.models import Delivery, ListKind, SupplyOrder
from suppliers.supply_lists.operations import import_supply_list
from tests.builders import HERE, a_company
from tests.suppliers.supply_records import NEW_YEAR, an_order

DELIVERIES = int(os.environ.get("LIST_DELIVERIES", "100000"))
ORDERS = 200
_HEAD = "到货单号,订单编号,约定交货日,实际到货日,到货数量,验收合格数量\n"
_COPY = (
    "COPY bare_delivery (number, company_id, supplier_id, order_id, promised_on, actual_on,"
    " received, accepted, entered_at, change_reason, withdrawn) FROM STDIN"
)
_DAY = date(2026, 5, 1)


def _list() -> tuple[File[bytes], int]:
    """A list whose every hundredth row accepts more than came in; returns how many are sound."""
    rows = [_HEAD]
    for number in range(DELIVERIES):
        accepted = 200 if number % 100 == 99 else 100 - number % 3
        came = _DAY + timedelta(days=number % 60)
        rows.append(f"D{number},CG{1 + number % ORDERS},{_DAY},{came},100,{accepted}\n")
    content = "".join(rows).encode()
    return File(io.BytesIO(content), name="到货.csv"), DELIVERIES - DELIVERIES // 100


def _bare(order: SupplyOrder, rows: int) -> float:
    """Seconds of a COPY of so many rows into a table with the same indexes."""
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bare_delivery (LIKE suppliers_delivery INCLUDING ALL) ON COMMIT DROP"
        )
        with cursor.copy(_COPY) as copy:
            for number in range(rows):
                copy.write_row(
                    (
                        *(f"D{number}", order.company_id, order.supplier_id, order.pk),
                        *(_DAY, _DAY, Decimal(100), Decimal(99), NEW_YEAR, "", False),
                    )
                )
    return time.perf_counter() - began


@pytest.mark.django_db(transaction=True)
def test_import_of_deliveries_against_a_bare_copy() -> None:
    first = an_order()
    for number in range(2, ORDERS + 1):
        row = SupplyOrder.objects.get(pk=first.pk)
        row.pk, row.number = None, f"CG{number}"
        row.save(force_insert=True)
    file, sound = _list()
    began = time.perf_counter()
    record = import_supply_list(
        a_company(), ListKind.DELIVERIES, file, dry_run=False, by=HERE, at=NEW_YEAR
    )
    seconds = time.perf_counter() - began
    bare = _bare(first, sound)
    pace = DELIVERIES / seconds
    print(
        f"\n{DELIVERIES:,} deliveries imported in {seconds:.2f} s ({pace:,.0f} rows/s),"
        f" bare COPY {bare:.2f} s, ratio {seconds / bare:.1f}"
    )
    assert record.report["rows_refused_count"] == DELIVERIES // 100
    assert Delivery.objects.count() == sound
    assert pace >= 20_000
