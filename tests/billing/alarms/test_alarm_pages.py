"""An alarm says in words what it is about, and leads to the order and the money."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.alarms.operations import raise_alarm
from billing.models import Method
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.wechat.attempts import start_wechat_payment
from heating.roles import MANAGER
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
CALLBACK = Actor.system("wechat callback")


def test_kind_facts_and_links_in_words(client: Client) -> None:
    company = a_company()
    bill = an_issued_bill(a_contract(an_account(company), a_customer(company)))
    intent = create_intent(bill.contract, [bill], by=CALLBACK, at=NOW)
    attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=CALLBACK, at=NOW)
    payment = receive_payment(
        intent,
        MoneyFact("wechatpay", "42001", Method.WECHAT_NATIVE, 100_00, NOW),
        attempt=attempt,
        to_suspense=True,
        by=CALLBACK,
        at=NOW,
    )
    alarm = raise_alarm(
        "amount_differs",
        key="42001",
        sentence="金额不符",
        at=NOW,
        company=company,
        attempt=attempt.number,
        total_fen=100_00,
    )
    client.force_login(a_member_of_staff("manager", MANAGER, company))
    page = client.get(reverse("admin:billing_alarm_change", args=[alarm.pk])).content.decode()
    assert "金额与订单不符" in page
    assert "amount_differs" not in page
    assert "100.00" in page
    for record, name in ((attempt, "attempt"), (payment, "payment")):
        assert reverse(f"admin:billing_{name}_change", args=[record.pk]) in page


def test_what_belongs_to_no_company_leads_nowhere(client: Client) -> None:
    alarm = raise_alarm(
        "misdirected_payment", key="1", sentence="订单号不存在", at=NOW, out_trade_no="HT1"
    )
    manager = a_member_of_staff("manager", MANAGER, a_company())
    manager.group_wide = True
    manager.save()
    client.force_login(manager)
    page = client.get(reverse("admin:billing_alarm_change", args=[alarm.pk])).content.decode()
    assert "无法入账的支付通知" in page
    assert "商户订单号　HT1" in page
    listed = client.get(reverse("admin:billing_alarm_changelist") + "?kind=misdirected_payment")
    assert "订单号不存在" in listed.content.decode()
