"""The form of intake as the page sends it."""

import re
from datetime import datetime, time
from typing import Any

from django.test import Client

from customers.models import Account
from office.calendar import business_date
from office.zone import SHANGHAI
from tests.clock import present
from tests.service_desk import DAY

PHONE = "13935171234"
ADDRESS = "/admin/service/open_ticket/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def shown(client: Client, **query: Any) -> str:
    return client.get(ADDRESS, query).content.decode()


def a_form(client: Client, account: Account | None = None, /, **changes: Any) -> dict[str, Any]:
    """The form as the page sends it."""
    page = shown(client)
    (key,) = re.findall(r'name="form_key" value="([0-9a-f]{32})"', page)
    return {
        "kind": "repair",
        "subject": "no_heat",
        "severity": "minor",
        "channel": "hotline",
        "summary": "卧室不热，家里有老人",
        "caller_name": "王秀英",
        "caller_phone": PHONE,
        "account": account.pk if account else "",
        "form_key": key,
        **changes,
    }


def send(client: Client, form: dict[str, Any]) -> tuple[int, str]:
    """Posts the form; returns the status and the refusal, or the address it led to."""
    answer = client.post(ADDRESS, form)
    page = answer.content.decode()
    alerts = re.findall(r'role="alert">([^<]*)<', page)
    if answer.status_code != 302:
        assert str(form["summary"]) in page, "what was typed is lost"
    return answer.status_code, alerts[0].strip() if alerts else answer.headers.get("Location", "")


def yesterday(hour: int, minute: int) -> datetime:
    day = business_date(present()) - DAY
    return datetime.combine(day, time(hour, minute), SHANGHAI)
