"""The other screens of customer service over 200,000 tickets, over HTTP.

Call-backs, escalations, incidents, the dispatcher's board, temperature tests, spot checks,
knowledge, and the KPIs of a hundred frozen nights. Lists take at most 15 statements.
"""

import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.kpis.operations import freeze_night
from complaints.models import Incident, TemperatureTest, Ticket
from office.actors import Actor
from office.calendar import business_date
from tests.bench.service_rows import a_busy_desk
from tests.bench.test_bench_ticket_lists import MOST_QUERIES, settle, timed
from tests.service_desk import Desk, publish_rules

TICKETS = int(os.environ.get("SERVICE_TICKETS", "200000"))
ACCOUNTS = TICKETS // 10
NIGHTS = 100
EACH = 20
ADMIN = "/admin/complaints"


@dataclass(frozen=True)
class Screen:
    """What one person asks for; `is_list` where the number of statements is promised."""

    name: str
    who: Actor
    address: str
    asked: dict[str, str] = field(default_factory=dict)
    is_list: bool = True


@pytest.fixture
def desk(transactional_db: Any) -> Desk:
    """A company with nine tenths of the tickets; a second one has the rest."""
    publish_rules()
    big = a_busy_desk("21", tickets=TICKETS * 9 // 10, accounts=ACCOUNTS * 9 // 10)
    a_busy_desk("11", tickets=TICKETS // 10, accounts=ACCOUNTS // 10)
    return big


def freeze_nights_before_today() -> None:
    now = timezone.now()
    for back in range(NIGHTS, 0, -1):
        freeze_night(business_date(now) - timedelta(days=back), at=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE complaints_kpifact")


def screens(desk: Desk) -> Iterator[Screen]:
    one = Ticket.objects.filter(company=desk.company, account__isnull=False).latest("pk")
    incident = Incident.objects.get(company=desk.company)
    test = TemperatureTest.objects.filter(company=desk.company).latest("pk")
    agent, dispatcher, manager = desk.agent, desk.dispatcher, desk.manager
    assert one.account is not None
    call_backs = {
        "to be called": {},
        "page 20": {"p": "20"},
        "overdue": {"work": "overdue"},
        "escalated": {"work": "escalated"},
        "unanswered": {"work": "unanswered"},
        "answered": {"work": "answered"},
        "dissatisfied": {"work": "dissatisfied"},
        "all": {"work": "all"},
        "all, page 20": {"work": "all", "p": "20"},
        "of complaints": {"ticket__kind__exact": "complaint"},
        "by number": {"work": "all", "q": one.number},
        "by telephone": {"work": "all", "q": one.caller_phone},
    }
    for name, asked in call_backs.items():
        yield Screen(f"call-backs: {name}", agent, f"{ADMIN}/callback/", asked)
    escalations = {
        "told my role": {},
        "page 20": {"p": "20"},
        "everything": {"role": "all"},
        "still waiting": {"waiting": "yes"},
        "a day late": {"step__exact": "breached_a_day"},
        "by number": {"role": "all", "q": one.number},
    }
    for name, asked in escalations.items():
        yield Screen(f"escalations: {name}", manager, f"{ADMIN}/escalation/", asked)
    tests = {
        "": {},
        "page 20": {"p": "20"},
        "too cold": {"passed": "no"},
        "by account": {"q": test.account.number},
        "by ticket": {"q": one.number},
        "by instrument": {"q": test.instrument},
        "nobody's": {"q": "0000000"},
    }
    for name, asked in tests.items():
        yield Screen(f"temperature tests: {name}", manager, f"{ADMIN}/temperaturetest/", asked)
    hand_overs = {
        "waiting": {},
        "overdue": {"reply": "overdue"},
        "replied": {"reply": "replied"},
        "all": {"reply": "all"},
        "all, page 20": {"reply": "all", "p": "20"},
        "by number": {"reply": "all", "q": one.number},
    }
    for name, asked in hand_overs.items():
        yield Screen(f"hand-overs: {name}", agent, f"{ADMIN}/handover/", asked)
        yield Screen(f"own hand-overs: {name}", manager, f"{ADMIN}/handover/", asked)
    yield Screen("incidents", dispatcher, f"{ADMIN}/incident/")
    yield Screen("incidents: by cause", dispatcher, f"{ADMIN}/incident/", {"q": "主管"})
    yield Screen("spot checks", manager, f"{ADMIN}/spotcheckplan/")
    yield Screen("knowledge", agent, f"{ADMIN}/article/")
    record = f"{ADMIN}/incident/{incident.pk}/change/"
    yield Screen("incident with 300 tickets", dispatcher, record, is_list=False)
    call_back = one.call_backs.latest("pk")
    yield Screen("a call-back", agent, f"{ADMIN}/callback/{call_back.pk}/change/", is_list=False)
    test_page = f"{ADMIN}/temperaturetest/{test.pk}/change/"
    yield Screen("a temperature test", manager, test_page, is_list=False)
    board = "/admin/dispatch/"
    yield Screen("board", dispatcher, board, is_list=False)
    yield Screen("board, second page", dispatcher, board, {"page": "1"}, is_list=False)
    yield Screen("board, by place", dispatcher, board, {"q": "花园0001"}, is_list=False)
    yield Screen("board has changed?", dispatcher, "/admin/dispatch/state/", is_list=False)
    yield Screen("KPIs", manager, "/admin/kpis/", is_list=False)
    stations = {"by": "heat_station"}
    yield Screen("KPIs by station", manager, "/admin/kpis/", stations, is_list=False)
    yield Screen("front page", manager, "/admin/", is_list=False)


def test_service_screens(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    freeze_nights_before_today()
    settle()
    lines, lists = [], {}
    for screen in screens(desk):
        client = Client()
        assert screen.who.user is not None
        client.force_login(screen.who.user)
        ask = partial(client.get, screen.address, screen.asked)
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
