"""The ticket's page as a signed-in person sees and uses it."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from complaints.models import Ticket
from complaints.tickets.intake import open_ticket
from office.actors import Actor
from office.journal import timeline
from tests.builders import an_account
from tests.clock import present
from tests.service_desk import (
    Desk,
    a_repair,
)

JPEG = b"\xff\xd8\xff\xe0photo"


def now_ish(hours: float = 0) -> datetime:
    """So many hours ago, to the minute."""
    return (present() - timedelta(hours=hours)).replace(second=0, microsecond=0)


def fresh(desk: Desk, report: Any = None, *, hours: float = 2) -> Ticket:
    """A ticket opened some hours ago."""
    report = report or a_repair(account=an_account(desk.company))
    return open_ticket(desk.company, report, by=desk.agent, at=now_ish(hours))


def signed_in(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def page_of(client: Client, ticket: Ticket) -> str:
    answer = client.get(reverse("admin:complaints_ticket_change", args=[ticket.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def offered(client: Client, ticket: Ticket) -> set[str]:
    """The verbs whose buttons stand on the page."""
    here = rf'action="/admin/complaints/ticket/{ticket.pk}/(\w+)/"'
    return set(re.findall(here, page_of(client, ticket)))


def say(client: Client, ticket: Ticket, verb: str, **fields: Any) -> tuple[int, str, str]:
    """Posts the verb's form as the page showed it just now; returns status, message and page."""
    seen = {"seen_version": Ticket.objects.get(pk=ticket.pk).version}
    seen["seen_entry"] = timeline(ticket).latest("pk").pk
    answer = client.post(
        reverse(f"admin:complaints_ticket_{verb}", args=[ticket.pk]), {**seen, **fields}
    )
    page = unescape(answer.content.decode())
    alert = re.search(r'role="alert">(.*?)</div>', page, re.S)
    message = re.sub(r"<[^>]+>|\s+", " ", alert.group(1)) if alert else ""
    return answer.status_code, " ".join(message.split()), page
