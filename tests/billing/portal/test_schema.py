"""The API against its own description: seeded examples, no 5xx, nothing undescribed."""

import os
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed, settings

from billing.models import Attempt, Bill, Receipt
from customers.models import CustomerToken, OneTimeCode
from customers.sign_in.live_tokens import find_token
from customers.sign_in.throttles import PerCustomer
from heating.wsgi import application
from office.tokens.machine_sign_in import PerMachine
from office.tokens.machine_tokens import issue_machine_token
from tests.builders import HERE, a_company
from tests.clock import present
from tests.customer_api import PHONE, token_for
from tests.schema_checks import CHECKS
from tests.wechat_world import WechatWorld

SEED = int(os.environ.get("SCHEMA_SEED", "20261122"))
EXAMPLES = 10


@pytest.mark.django_db(transaction=True)
def test_keeps_its_word(
    bill: Bill, wechat_world: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Examples come faster than customers.
    monkeypatch.setattr(PerCustomer, "allow_request", lambda *_: True)
    monkeypatch.setattr(PerMachine, "allow_request", lambda *_: True)
    life = timedelta(days=1)
    _token, machine = issue_machine_token(a_company(), "x", life=life, by=HERE, at=present())
    print(f"SCHEMA_SEED={SEED}")
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    walked = 0
    machines_let_in: dict[str, bool] = defaultdict(bool)
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def keeps_its_word(case: Any) -> None:
            for_machines = {"machine": []} in case.operation.definition.raw.get("security", [])
            headers = {"Authorization": f"Bearer {machine if for_machines else a_token()}"}
            answer = case.call_and_validate(checks=CHECKS, headers=headers)
            if for_machines:
                machines_let_in[case.operation.path] |= answer.status_code != 401

        keeps_its_word()
        walked += 1
    assert walked == 30
    # Examples that a machine's token does not bring past the sign-in would prove nothing.
    assert len(machines_let_in) == 6
    assert all(machines_let_in.values())


@pytest.mark.django_db(transaction=True)
def test_real_answers_are_as_described(bill: Bill, wechat_world: WechatWorld) -> None:
    """What random examples never reach: answers that hold something."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    headers = {"Authorization": f"Bearer {a_token()}"}

    def ask(method: str, path: str, **parts: Any) -> Any:
        case = schema[path][method].Case(**parts)
        return case.call_and_validate(checks=CHECKS, headers=headers)

    account = {"account_id": bill.account_id}
    ask("GET", "/api/v1/sign-in")
    ask("GET", "/api/v1/accounts")
    ask("GET", "/api/v1/accounts/{account_id}", path_parameters=account)
    ask("GET", "/api/v1/accounts/{account_id}/bills", path_parameters=account)
    placed = ask(
        "POST",
        "/api/v1/payment-intents",
        headers={"Idempotency-Key": "schema-test-1"},
        body={"bills": [bill.number], "method": "wechat_native"},
        media_type="application/json",
    )
    intent = {"public_id": placed.json()["id"]}
    ask("GET", "/api/v1/payment-intents/{public_id}/code.svg", path_parameters=intent)
    wechat_world.pay(Attempt.objects.get().number)
    Attempt.objects.update(created_at=present() - timedelta(minutes=1))
    ask("GET", "/api/v1/payment-intents/{public_id}", path_parameters=intent)
    receipt = Receipt.objects.get()
    ask("GET", "/api/v1/receipts")
    number = {"number": receipt.number}
    ask("GET", "/api/v1/receipts/{number}/pdf", path_parameters=number)


def a_token() -> str:
    """One sign-in for all examples; it is made again when an example signed out."""
    if find_token(_kept.get("token", ""), at=present()) is None:
        CustomerToken.objects.all().delete()
        OneTimeCode.objects.all().delete()
        _kept["token"] = token_for(PHONE)
    return _kept["token"]


_kept: dict[str, str] = {}


def test_says_what_the_code_refuses() -> None:
    """Lengths, patterns and either-or, one of each; random examples are made of what it says."""
    schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    parts = schema["components"]["schemas"]
    intent, order = parts["NewIntent"], parts["Order"]["properties"]
    assert [way["required"] for way in intent["oneOf"]] == [["bills"], ["account", "amount_fen"]]
    assert intent["properties"]["bills"]["items"]["pattern"] == "^[0-9A-Za-z-]{1,24}$"
    assert intent["properties"]["bills"]["uniqueItems"]
    assert order["item"]["maxLength"] == 80
    assert (order["unit_price_fen"]["minimum"], order["unit_price_fen"]["maximum"]) == (1, 10**13)
    assert "-" not in order["quantity"]["pattern"].replace("0-9", "")
    assert parts["SignIn"]["properties"]["code"]["pattern"] == "^[0-9]{6}$"


def test_description_is_without_a_warning(tmp_path: Any) -> None:
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml")
    )
