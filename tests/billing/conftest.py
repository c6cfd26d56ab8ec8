"""A customer at the API, and WeChat Pay behind it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from billing.models import Bill
from customers.models import SupplyContract
from customers.sign_in import operations
from office.actors import Actor
from tests.builders import NOW, a_company, a_contract, a_customer, an_account, an_issued_bill
from tests.shared_records import shared_fixture

PHONE = "13800000001"


class ApiClient(Client):
    """Speaks JSON with a bearer token."""

    def __init__(self, token: str = "") -> None:
        super().__init__(headers={"Authorization": f"Bearer {token}"} if token else {})

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.generic(
            method,
            f"/api/v1{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers=named,
        )

    def read(self, path: str) -> Any:
        return self.send("GET", path)

    def pay(self, body: Any, key: str) -> Any:
        return self.send("POST", "/payment-intents", body, Idempotency_Key=key)


def token_for(phone: str, *, openid: str = "") -> str:
    """A token got the way customers get one."""
    from django.utils import timezone

    by, at = Actor.customer("test"), timezone.now()
    _, code = operations.send_sign_in_code(phone, by=by, at=at)
    return operations.sign_in(phone, code, openid=openid, by=by, at=at)[1]


@pytest.fixture
def anybody() -> ApiClient:
    return ApiClient()


@pytest.fixture
def as_customer() -> Callable[..., ApiClient]:
    """A client signed in with a phone, perhaps through WeChat."""
    return lambda phone, openid="": ApiClient(token_for(phone, openid=openid))


@shared_fixture
def contract(db: None) -> SupplyContract:
    """王秀英's flat."""
    company = a_company()
    return a_contract(an_account(company), a_customer(company, phone=PHONE))


@shared_fixture
def bill(contract: SupplyContract) -> Bill:
    """2,058.48 yuan for the season 2025-2026."""
    return an_issued_bill(contract, at=NOW)


@pytest.fixture
def customer(contract: SupplyContract, as_customer: Callable[..., ApiClient]) -> ApiClient:
    """王秀英, signed in."""
    return as_customer(PHONE)


@pytest.fixture
def sent_messages(settings: Any) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    """What was texted, newest last; messages go out at once."""
    from heating.celery import app
    from tests.sms_outbox import Outbox

    settings.SMS_SENDER = "tests.sms_outbox.Outbox"
    Outbox.sent.clear()
    app.conf.task_always_eager = True
    yield Outbox.sent
    app.conf.task_always_eager = False
