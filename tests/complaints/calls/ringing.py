"""A call centre's machine that says who calls."""

from datetime import timedelta
from typing import Any

from heating.roles import SECURITY_ADMINISTRATOR
from office.actors import Actor
from office.models import MachineToken
from office.tokens.machine_tokens import issue_machine_token
from tests.builders import (
    a_company,
    a_member_of_staff,
)
from tests.clock import present
from tests.customer_api import ApiClient

CALLER = "13800000001"
YEAR = timedelta(days=365)


def guard(code: str = "11") -> Actor:
    return Actor.staff(a_member_of_staff(f"安全{code}", SECURITY_ADMINISTRATOR, a_company(code)))


def a_machine(code: str = "11", life: timedelta = YEAR) -> tuple[MachineToken, str]:
    return issue_machine_token(a_company(code), "呼叫中心", life=life, by=guard(code), at=present())


def ring(client: ApiClient, **changes: Any) -> Any:
    body = {
        "number": CALLER,
        "agent": "客服甲11",
        "call_id": "cc-1",
        "rang_at": present().isoformat(),
    } | changes
    return client.send("POST", "/call-centre/calls", body)
