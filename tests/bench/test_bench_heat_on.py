"""Heat-on of a community of 3,000 flats, beside the bare SQL that writes the same rows."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database

from customers.connection.contracts import sign_connection_contract
from customers.connection.heating_on import heat_on
from customers.connection.works import KickOffFacts, accept_construction, kick_off_connection
from customers.models import Account, AreaLine, SupplyContract
from tests.customers.connection_records import NOON, TODAY, a_scan, approved, people
from tests.customers.connection_works_records import (
    CONTRACT,
    FIRST_DAY,
    flats_of_building,
    inspect_all,
    with_table,
)
from tests.suppliers.supplier_records import a_supplier

FLATS = 3_000
MOST_SECONDS = 5
MOST_TIMES = 30
# The same premises, customers, accounts, contracts and area lines in another company's numbers.
BARE = """
WITH flat AS (SELECT n FROM generate_series(1, %(flats)s) AS n),
premise AS (
  INSERT INTO customers_premise (company_id, building_id, unit, room, address)
  SELECT %(company)s, %(building)s, '9', n::text, 'x' || n FROM flat RETURNING id, room
),
customer AS (
  INSERT INTO customers_customer
    (company_id, kind, name, phone, id_sealed, id_digest, low_income, remark)
  SELECT %(company)s, 'resident', 'x' || n, '', '', '', false, '' FROM flat RETURNING id, name
),
account AS (
  INSERT INTO customers_account (company_id, number, premise_id, supply_state, opened_on)
  SELECT %(company)s, 'B' || room, id, 'heated', %(day)s FROM premise
  RETURNING id, number, premise_id
),
contract AS (
  INSERT INTO customers_supplycontract
    (company_id, account_id, customer_id, number, charging, meter_number, starts)
  SELECT %(company)s, account.id, customer.id, number, 'area', '', %(day)s
  FROM account JOIN customer ON 'B' || substr(customer.name, 2) = number RETURNING id
)
INSERT INTO customers_arealine (premise_id, ordinal, category_id, building_area, starts)
SELECT premise_id, 1, %(category)s, 100, %(day)s FROM account
"""


@pytest.mark.django_db
def test_heat_on_of_3000_flats() -> None:
    staff = people()
    connection = approved(staff)
    contract = replace(
        CONTRACT, area=Decimal(360_000), schedule=[(date(2026, 5, 1), 18_000_000_00)]
    )
    sign_connection_contract(connection, contract, a_scan(), by=staff.manager, at=NOON)
    meeting = KickOffFacts(a_supplier(31), TODAY, "管材", "焊工", "开工")
    kick_off_connection(connection, meeting, by=staff.manager, at=NOON)
    inspect_all(connection, staff)
    accept_construction(
        connection, score=Decimal(90), conclusion="合格", by=staff.technician, at=NOON
    )
    table = with_table(connection, staff, flats_of_building(FLATS))
    assert (table.faults, table.flats) == ([], FLATS)
    began = time.perf_counter()
    heat_on(connection, first_day=FIRST_DAY, by=staff.manager, at=NOON)
    spent = time.perf_counter() - began
    line = AreaLine.objects.select_related("premise")[0]
    facts: dict[str, Any] = {
        "flats": FLATS,
        "company": connection.company_id,
        "building": line.premise.building_id,
        "category": line.category_id,
        "day": FIRST_DAY,
    }
    began = time.perf_counter()
    with database.cursor() as cursor:
        cursor.execute(BARE, facts)
    bare = time.perf_counter() - began
    print(f"\nheat-on of {FLATS} flats: {spent:.2f} s, bare SQL {bare:.2f} s, {spent / bare:.1f} ×")
    assert [model.objects.count() for model in (Account, SupplyContract)] == [2 * FLATS] * 2
    assert spent < MOST_SECONDS
    assert spent / bare < MOST_TIMES
