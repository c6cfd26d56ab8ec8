"""The customers' API as a client speaks it."""

import json
from typing import Any

from django.test import Client

from customers.sign_in import operations
from office.actors import Actor
from tests.clock import present

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
    by, at = Actor.customer("test"), present()
    _, code = operations.send_sign_in_code(phone, by=by, at=at)
    return operations.sign_in(phone, code, openid=openid, by=by, at=at)[1]
