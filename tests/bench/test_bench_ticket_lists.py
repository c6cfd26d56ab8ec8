"""The screens of tickets over 200,000 of them: list, filters, search and record page, over HTTP."""

import random
import statistics
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Ticket
from complaints.tickets.intake import open_ticket
from office.models import User
from tests.bench.city import build_city
from tests.bench.service_rows import copy_tickets
from tests.bench.timing import MOST_QUERIES, settle, timed
from tests.clock import present
from tests.service_desk import SYSTEM, a_desk, a_repair, publish_rules

TICKETS = 200_000
ACCOUNTS = 20_000
EACH = 12
LIST = "/admin/complaints/ticket/"


@pytest.fixture
def agent(transactional_db: Any) -> User:
    """The agent of a company with nine tenths of the tickets."""
    publish_rules()
    big, small = a_desk("21"), a_desk("11")
    for desk, tickets in ((big, TICKETS * 9 // 10), (small, TICKETS // 10)):
        build_city(desk.company, ACCOUNTS * tickets // TICKETS)
        at = present() - timedelta(days=1)
        first = open_ticket(desk.company, a_repair(), by=SYSTEM, at=at)
        copy_tickets(first, desk.company, tickets)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE complaints_ticket")
        cursor.execute("ANALYZE")
    assert big.agent.user is not None
    return big.agent.user


def test_ticket_screens(agent: User, capsys: pytest.CaptureFixture[str]) -> None:
    client = Client()
    client.force_login(agent)
    pick = random.Random(7)
    pks = list(Ticket.objects.visible_to(agent).order_by("pk").values_list("pk", flat=True))
    tickets = [Ticket.objects.get(pk=pick.choice(pks)) for _ in range(EACH)]

    def pages() -> dict[str, list[tuple[str, dict[str, str]]]]:
        return {
            "list": [(LIST, {})] * EACH,
            "page 20 of the list": [(LIST, {"p": "20"})] * EACH,
            "closed": [(LIST, {"state__exact": "closed"})] * EACH,
            "leaks in work": [(LIST, {"work": "live", "kind__exact": "repair"})] * EACH,
            "overdue": [(LIST, {"due": "overdue"})] * EACH,
            "due today": [(LIST, {"due": "today"})] * EACH,
            "call-backs owed": [(LIST, {"work": "call_back"})] * EACH,
            "entered by me": [(LIST, {"mine": "entered"})] * EACH,
            "by number": [(LIST, {"q": row.number}) for row in tickets],
            "by last digits": [(LIST, {"q": str(int(row.number[-8:]))}) for row in tickets],
            "by account": [(LIST, {"q": row.account.number}) for row in tickets if row.account],
            "by telephone": [(LIST, {"q": row.caller_phone}) for row in tickets],
            "by telephone's tail": [(LIST, {"q": row.caller_phone[-4:]}) for row in tickets],
            "by name": [(LIST, {"q": row.caller_name}) for row in tickets],
            "by family name": [(LIST, {"q": row.caller_name[:1]}) for row in tickets],
            "nobody": [(LIST, {"q": f"欧阳{n}"}) for n in range(EACH)],
            "nobody's digits": [(LIST, {"q": f"0{n:03d}98765"}) for n in range(EACH)],
            "record": [(f"{LIST}{row.pk}/change/", {}) for row in tickets],
            "intake by number": [
                ("/admin/service/open_ticket/", {"phone": row.caller_phone}) for row in tickets
            ],
            "intake of account": [
                ("/admin/service/open_ticket/", {"account": str(row.account_id)}) for row in tickets
            ],
            "front page": [("/admin/", {})] * EACH,
        }

    client.get("/admin/")
    settle()
    timings: dict[str, list[float]] = {}
    worked: dict[str, float] = {}
    queries: dict[str, int] = {}
    for name, addresses in pages().items():
        for address, words in addresses[:1]:
            client.get(address, words)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address, words).status_code == 200
            queries[name] = len(captured)
        both = [timed(partial(client.get, *target)) for target in addresses]
        timings[name] = [wall for wall, _own in both]
        worked[name] = _middle([own for _wall, own in both])
    every = [second for seconds in timings.values() for second in seconds]
    newest = Ticket.objects.filter(company=tickets[0].company_id).order_by("-pk").values_list()[:30]
    bare = _middle([timed(partial(list, newest.all()))[0] for _ in range(EACH)])
    with capsys.disabled():
        print(f"\nscreens of {Ticket.objects.count():,} tickets, over Django's test client")
        for name, seconds in timings.items():
            middle, late = _middle(seconds), _late(seconds)
            print(
                f"  {name:22} p50 {middle * 1e3:7.1f} ms   p95 {late * 1e3:7.1f} ms"
                f"   own CPU {worked[name] * 1e3:6.1f} ms   {queries[name]:3} queries"
            )
        print(f"  all: p50 {_middle(every) * 1e3:.1f} ms, p95 {_late(every) * 1e3:.1f} ms")
        ratio = _middle(timings["list"]) / bare
        print(f"  the bare rows of a list {bare * 1e3:.2f} ms; the list is {ratio:.0f} times that")
    lists = [name for name, addresses in pages().items() if addresses[0][0] == LIST]
    assert max(queries[name] for name in lists) <= MOST_QUERIES


def _middle(seconds: list[float]) -> float:
    return statistics.median(seconds)


def _late(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]
