"""At the till: the amount is refused, asked for, approved on the supervisor's page, then taken."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.counter.shifts import open_shift
from billing.models import CounterLimit, LargePayment, Payment
from customers.models import SupplyContract
from heating.roles import CASHIER, MANAGER
from office.actors import Actor
from office.models import User
from tests.billing.counter.till_page import shown_form, take
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


@pytest.fixture
def contract() -> SupplyContract:
    company = a_company()
    contract = a_contract(an_account(company), a_customer(company))
    an_issued_bill(contract)
    return contract


@pytest.fixture
def till(client: Client) -> Client:
    cashier = a_member_of_staff("cashier", CASHIER, a_company())
    client.force_login(cashier)
    open_shift(a_company(), till="1", float_fen=0, by=Actor.staff(cashier), at=NOW)
    return client


@pytest.fixture
def supervisor() -> Client:
    desk = Client()
    desk.force_login(a_member_of_staff("manager", MANAGER, a_company()))
    return desk


def test_asked_approved_and_taken(
    till: Client, supervisor: Client, contract: SupplyContract
) -> None:
    form = {
        **shown_form(till, contract),
        "amount": "1000000.01",
        "tendered": "1000001",
        "beyond_debt": "on",
    }
    refused = till.post(reverse("admin:counter_take", args=[contract.pk]), form)
    page = refused.content.decode()
    asking = reverse("admin:counter_ask_large_payment", args=[contract.pk])
    assert (refused.status_code, f'formaction="{asking}"' in page) == (422, True)
    assert 'value="1000000.01"' in page
    answer_page = till.post(asking, form, follow=True).content.decode()
    assert "已提请主管核准，本次没有入账" in answer_page
    large_payment = LargePayment.objects.get()
    decide = reverse("admin:billing_largepayment_approve_large_payment", args=[large_payment.pk])
    assert till.post(decide, {"remark": ""}).status_code == 403
    front = supervisor.get(reverse("admin:index")).content.decode()
    assert f"{contract.account.number}　1,000,000.01" in front
    supervisor.post(decide, {"remark": "已当面核对"})
    assert not Payment.objects.exists()
    shown = till.get(reverse("admin:counter_till", args=[contract.pk])).content.decode()
    assert "已当面核对" in shown
    form |= {"form_key": shown_form(till, contract)["form_key"]}
    assert take(till, contract, form)[0] == 302
    assert Payment.objects.get().amount_fen == 1_000_000_01
    large_payment.refresh_from_db()
    assert large_payment.state == "used"


def test_a_form_that_is_wrong_asks_nobody(till: Client, contract: SupplyContract) -> None:
    asking = reverse("admin:counter_ask_large_payment", args=[contract.pk])
    form = shown_form(till, contract)
    for change, status, sentence in (
        ({"amount": "abc"}, 422, "收款金额应为金额"),
        ({}, 409, "不需要核准，请直接收款"),
        ({"method": "wechat", "amount": "1000000.01"}, 409, "微信收款不需要核准"),
    ):
        answer = till.post(asking, {**form, **change})
        assert (answer.status_code, sentence in answer.content.decode()) == (status, True)
    assert not LargePayment.objects.exists()


def test_the_limit_is_published_on_its_screen(supervisor: Client) -> None:
    company = a_company()
    address = reverse("admin:billing_counterlimit_add")
    entry = {
        "company": company.pk,
        "limit": "50000",
        "effective_from": "2199-01-01",
        "source": "收费管理办法",
    }
    assert supervisor.post(address, entry).status_code == 302
    limit = CounterLimit.objects.get()
    assert (limit.limit_fen, limit.source) == (50_000_00, "收费管理办法")
    assert limit.published_by == User.objects.get(username="manager")
    page = supervisor.get(reverse("admin:billing_counterlimit_changelist")).content.decode()
    assert "没有发布限额的公司，限额为 1,000,000.00 元。" in page
    cashier = Client()
    cashier.force_login(a_member_of_staff("cashier", CASHIER, company))
    assert cashier.post(address, entry).status_code == 403
