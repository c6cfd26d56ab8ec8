"""Tickets as customers send them to the API."""

import uuid
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models import Ticket
from complaints.tickets.intake import open_ticket
from complaints.tickets.resolution import resolve_ticket
from customers.models import SupplyContract
from tests.clock import present
from tests.customer_api import ApiClient
from tests.service_desk import (
    MINUTE,
    Desk,
    a_repair,
    repaired,
)

JPEG = b"\xff\xd8\xff\xe0 a cold radiator"
OTHER_PHONE = "13800000002"


def a_key() -> str:
    return uuid.uuid4().hex


def words(contract: SupplyContract, **changes: Any) -> dict[str, Any]:
    return {
        "account": contract.account_id,
        "kind": "repair",
        "subject": "no_heat",
        "summary": "客厅暖气不热",
    } | changes


def report(client: ApiClient, body: Any, key: str = "") -> Any:
    return client.send("POST", "/tickets", body, Idempotency_Key=key or a_key())


def say(client: ApiClient, path: str, body: Any, **headers: str) -> Any:
    return client.send("POST", path, body, **headers)


def upload(client: ApiClient, number: str, name: str, content: bytes) -> Any:
    sent = SimpleUploadedFile(name, content)
    return client.post(f"/api/v1/tickets/{number}/photos", {"file": sent})


def reported(client: ApiClient, contract: SupplyContract, **changes: Any) -> Ticket:
    answer = report(client, words(contract, **changes))
    assert answer.status_code == 201, answer.content
    return Ticket.objects.get(number=answer.json()["ticket"]["number"])


def resolved(contract: SupplyContract, desk: Desk) -> Ticket:
    """Reported an hour ago, mended and resolved since."""
    began = present() - timedelta(hours=1)
    ticket = open_ticket(desk.company, a_repair(account=contract.account), by=desk.agent, at=began)
    repaired(ticket, desk, began + MINUTE)
    return resolve_ticket(ticket, "已修复", by=desk.agent, at=began + 10 * MINUTE)
