"""What customers see among 200,000 tickets, and a notice to fifty thousand homes."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.incidents.operations import (
    Reach,
    begin_incident,
    notify_affected,
    register_incident,
)
from complaints.models import Ticket
from customers.models import HeatStation, Message, SupplyContract
from tests.bench.city import build_city
from tests.clock import present
from tests.customer_api import ApiClient, token_for
from tests.service_desk import SYSTEM, a_desk, a_repair, a_ticket, publish_rules

ACCOUNTS = 50_000
TICKETS = 200_000
COPY = """
INSERT INTO complaints_ticket ({columns})
SELECT {values}
FROM complaints_ticket first, generate_series(2, %s) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS ordinal FROM customers_account) AS account
  ON account.ordinal = 1 + n %% {accounts}
JOIN customers_supplycontract contract ON contract.account_id = account.id
WHERE first.id = %s
"""


@pytest.mark.django_db
def test_own_tickets_and_notices() -> None:
    publish_rules()
    desk = a_desk()
    build_city(desk.company, ACCOUNTS)
    contract = SupplyContract.objects.select_related("customer", "account").earliest("pk")
    first = a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
    fields = [field for field in Ticket._meta.concrete_fields if not field.primary_key]
    columns = [str(field.column) for field in fields]
    values = [
        {
            "number": "'GD' || n",
            "account_id": "account.id",
            "contract_id": "contract.id",
        }.get(column, f"first.{column}")
        for column in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            COPY.format(columns=", ".join(columns), values=", ".join(values), accounts=ACCOUNTS),
            [TICKETS, first.pk],
        )
        cursor.execute("ANALYZE")
    customer = ApiClient(token_for(contract.customer.phone))
    assert customer.read("/tickets").status_code == 200
    times = []
    for _ in range(20):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            answer = customer.read("/tickets")
        times.append(time.perf_counter() - began)
    slow = sorted(times)[18]
    shown = len(answer.json()["tickets"])
    print(
        f"\nown list among {TICKETS}: {shown} shown, p95 {slow * 1000:.0f} ms, {len(queries)} SQL"
    )
    assert len(queries) <= 15

    now = present()
    incident = register_incident(
        desk.company,
        "热源检修",
        Reach(heat_stations=list(HeatStation.objects.all())),
        starts_at=now,
        by=SYSTEM,
        at=now,
    )
    begin_incident(incident, by=SYSTEM, at=now)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        notice = notify_affected(incident, "抢修中", by=SYSTEM, at=now)
    spent = time.perf_counter() - began
    queued = Message.objects.filter(bulk=True).count()
    print(
        f"notice to {notice.accounts} homes: {queued} messages, {spent:.1f} s, {len(queries)} SQL"
    )
    assert notice.accounts == ACCOUNTS
