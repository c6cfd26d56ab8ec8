"""Reads the payment page and sends its form, as a cashier's browser does."""

import re

from django.test import Client
from django.urls import reverse

from customers.models import SupplyContract


def shown_form(client: Client, contract: SupplyContract) -> dict[str, object]:
    """The hidden fields and the amount as the page shows them."""
    page = client.get(reverse("admin:counter_till", args=[contract.pk])).content.decode()
    bills = re.findall(r'name="bill" value="(\d+)"', page)
    (key,) = re.findall(r'name="form_key" value="([0-9a-f]+)"', page)
    (seen,) = re.findall(r'name="seen_open_fen" value="(\d+)"', page)
    (amount,) = re.findall(r'name="amount"[^>]*value="([^"]*)"', page)
    return {
        "bill": bills,
        "form_key": key,
        "seen_open_fen": seen,
        "amount": amount,
        "method": "cash",
        "tendered": "5000",
    }


def take(client: Client, contract: SupplyContract, form: dict[str, object]) -> tuple[int, str]:
    answer = client.post(reverse("admin:counter_take", args=[contract.pk]), form)
    alerts = re.findall(r'role="alert">([^<]*)<', answer.content.decode())
    return answer.status_code, alerts[0] if alerts else answer.headers.get("Location", "")
