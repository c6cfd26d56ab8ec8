"""The customers' API as a client speaks it."""

import json
import re
from functools import cache
from typing import Any

from django.test import Client
from drf_spectacular.generators import SchemaGenerator

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
        answer: Any = self.generic(
            method,
            f"/api/v1{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers=named,
        )
        check_documented(method, path, answer)
        return answer

    def read(self, path: str) -> Any:
        return self.send("GET", path)

    def pay(self, body: Any, key: str) -> Any:
        return self.send("POST", "/payment-intents", body, Idempotency_Key=key)


@cache
def operations_of_document() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """Method, pattern of the address and answers of each operation in the API document."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    # An address without a parameter comes before one that has a parameter in its place.
    paths = sorted(schema["paths"].items(), key=lambda item: "{" in item[0])
    return [
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation["responses"])
        for path, methods in paths
        for method, operation in methods.items()
    ]


def check_documented(method: str, path: str, answer: Any) -> None:
    """Each answer of the API has a status and a code that the document lists for its operation."""
    address = f"/api/v1{path.partition('?')[0]}"
    for listed_method, pattern, answers in operations_of_document():
        if listed_method == method and pattern.fullmatch(address):
            status = str(answer.status_code)
            assert status in answers, f"{method} {address}: {status} is not in the document"
            if status >= "300":
                (content,) = answers[status]["content"].values()
                code = answer.json()["code"]
                assert code in content["examples"], f"{method} {address}: {status} {code}"
            return


def token_for(phone: str, *, openid: str = "") -> str:
    """A token got the way customers get one."""
    by, at = Actor.customer("test"), present()
    _, code = operations.send_sign_in_code(phone, by=by, at=at)
    return operations.sign_in(phone, code, openid=openid, by=by, at=at)[1]
