"""The other screens of customer service over 200,000 tickets, over HTTP.

Call-backs, escalations, incidents, the dispatcher's board, temperature tests, spot checks,
knowledge, and the KPIs of a hundred frozen nights. Lists take at most 15 statements.
"""

import os
import statistics
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.kpis.operations import freeze_night
from complaints.models import Ticket
from office.calendar import business_date
from tests.bench.service_rows import a_busy_desk
from tests.bench.service_screens import screens
from tests.bench.timing import MOST_QUERIES, settle, timed
from tests.clock import present
from tests.service_desk import Desk, publish_rules

TICKETS = int(os.environ.get("SERVICE_TICKETS", "200000"))
ACCOUNTS = TICKETS // 10
NIGHTS = 100
EACH = 20


@pytest.fixture
def desk(transactional_db: Any) -> Desk:
    """A company with nine tenths of the tickets; a second one has the rest."""
    publish_rules()
    big = a_busy_desk("21", tickets=TICKETS * 9 // 10, accounts=ACCOUNTS * 9 // 10)
    a_busy_desk("11", tickets=TICKETS // 10, accounts=ACCOUNTS // 10)
    return big


def freeze_nights_before_today() -> None:
    now = present()
    for back in range(NIGHTS, 0, -1):
        freeze_night(business_date(now) - timedelta(days=back), at=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE complaints_kpifact")


def test_service_screens(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    freeze_nights_before_today()
    settle()
    lines, lists = [], {}
    for screen in screens(desk):
        client = Client()
        assert screen.actor.user is not None
        client.force_login(screen.actor.user)
        ask = partial(client.get, screen.address, screen.parameters)
        assert ask().status_code == 200
        with CaptureQueriesContext(connection) as captured:
            ask()
        count = len(captured)
        both = [timed(ask) for _ in range(EACH)]
        wall = sorted(seconds for seconds, _own in both)
        own = statistics.median(seconds for _wall, seconds in both)
        lines.append(
            f"  {screen.name:30} p50 {statistics.median(wall) * 1e3:7.1f} ms"
            f"   p95 {wall[int(EACH * 0.95) - 1] * 1e3:7.1f} ms"
            f"   own CPU {own * 1e3:6.1f} ms   {count:3} queries"
        )
        if screen.is_list:
            lists[screen.name] = count
    with capsys.disabled():
        print(f"\nservice screens over {Ticket.objects.count():,} tickets, Django's test client")
        print("\n".join(lines))
    assert {name: count for name, count in lists.items() if count > MOST_QUERIES} == {}
