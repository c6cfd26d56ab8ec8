"""The screens of customer service ask the database as often with 4,000 tickets as with 400."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Ticket
from office.actors import Actor
from tests.bench.service_rows import a_busy_desk
from tests.bench.service_screens import Screen, screens
from tests.service_desk import Desk, publish_rules

MOST_OF_A_LIST = 15
TICKETS = "/admin/complaints/ticket/"


def ticket_screens(desk: Desk) -> Iterator[Screen]:
    # Of all copies with this remainder hangs the same (tests/bench/service_rows.py).
    alike = Ticket.objects.filter(company=desk.company).annotate(rest=F("pk") % 50)
    ticket = alike.filter(rest=49).order_by("pk")[3]
    assert ticket.account is not None
    lists = {
        "": {},
        "second page": {"p": "2"},
        "closed": {"state__exact": "closed"},
        "in work": {"work": "live", "kind__exact": "repair"},
        "overdue": {"due": "overdue"},
        "call-backs owed": {"work": "call_back"},
        "entered by me": {"mine": "entered"},
        "by number": {"q": ticket.number},
        "by last digits": {"q": str(int(ticket.number[-8:]))},
        "by account": {"q": ticket.account.number},
        "by telephone": {"q": ticket.caller_phone},
        "by telephone's tail": {"q": ticket.caller_phone[-4:]},
        "by family name": {"q": ticket.caller_name[:1]},
        "by community": {"q": "花园"},
    }
    for name, parameters in lists.items():
        yield Screen(f"tickets: {name}", desk.agent, TICKETS, parameters)
    yield Screen("a ticket", desk.agent, f"{TICKETS}{ticket.pk}/change/", is_list=False)
    intake = {"phone": ticket.caller_phone}
    yield Screen("intake", desk.agent, "/admin/service/open_ticket/", intake, is_list=False)
    yield Screen("front page", desk.agent, "/admin/", is_list=False)


def all_screens(desk: Desk) -> list[Screen]:
    """But for the board's second page, which eight waiting tickets do not fill."""
    every = [*ticket_screens(desk), *screens(desk)]
    return [screen for screen in every if screen.name != "board, second page"]


def statements(screen: Screen) -> int:
    client = Client()
    actor: Actor = screen.actor
    assert actor.user is not None
    client.force_login(actor.user)
    # The sidebar's counts are remembered for a while; each page counts them here.
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(screen.address, screen.parameters)
    assert answer.status_code == 200
    return len(captured)


@pytest.mark.django_db(transaction=True)
def test_screens_of_customer_service_do_not_grow() -> None:
    publish_rules()
    few = a_busy_desk("11", tickets=400, accounts=40)
    many = a_busy_desk("21", tickets=4_000, accounts=400)
    pairs = zip(all_screens(few), all_screens(many), strict=True)
    counts = {}
    for small, big in pairs:
        # The large desk comes first, so that what is asked for once in a process (content types and
        # the like) only ever looks like growth; then it is counted again.
        of_big, of_small = statements(big), statements(small)
        if of_big != of_small:
            of_big = statements(big)
        counts[small.name, small.is_list] = of_small, of_big
    assert {name: pair for name, pair in counts.items() if pair[0] != pair[1]} == {}
    beyond = {
        name: pair
        for (name, is_list), pair in counts.items()
        if is_list and max(pair) > MOST_OF_A_LIST
    }
    assert beyond == {}
