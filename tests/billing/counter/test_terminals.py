"""Merchant and terminal of the last slip stand in the form of the next one at the same till."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.counter.money_facts import CardSlip, CounterForm
from billing.counter.operations import take_card
from billing.counter.shifts import close_shift, open_shift
from heating.roles import CASHIER
from office.actors import Actor
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db

SLIP = CardSlip("898110148990001", "10000001", "000012", "000345", "6217")


def offered(client: Client, contract_id: int) -> tuple[str, str]:
    form = client.get(reverse("admin:counter_till", args=[contract_id])).context["form"]
    return form["merchant_no"].value() or "", form["terminal"].value() or ""


def test_by_till_whoever_sits_there(client: Client) -> None:
    company = a_company()
    first, second = (a_member_of_staff(name, CASHIER, company) for name in ("甲", "乙"))
    bill = an_issued_bill(a_contract(an_account(company), a_customer(company)))
    shift = open_shift(company, till="1", float_fen=0, by=Actor.staff(first), at=NOW)
    client.force_login(first)
    assert offered(client, bill.contract_id) == ("", "")
    form = CounterForm("f" * 32, [bill], bill.amount_fen, bill.amount_fen)
    take_card(bill.contract, form, SLIP, by=Actor.staff(first), at=NOW)
    assert offered(client, bill.contract_id) == ("898110148990001", "10000001")
    close_shift(shift, counted_fen=0, by=Actor.staff(first), at=NOW)
    assert offered(client, bill.contract_id) == ("", "")
    other_till = open_shift(company, till="2", float_fen=0, by=Actor.staff(second), at=NOW)
    client.force_login(second)
    assert offered(client, bill.contract_id) == ("", "")
    close_shift(other_till, counted_fen=0, by=Actor.staff(second), at=NOW)
    open_shift(company, till="1", float_fen=0, by=Actor.staff(second), at=NOW)
    assert offered(client, bill.contract_id) == ("898110148990001", "10000001")
