"""An order of unknown fate keeps the counter waiting until its expiry and ten minutes, or until a
supervisor overrules it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import Attempt, Bill, Method, Payment
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.wechat.attempts import start_wechat_payment
from billing.wechat.blocking import overrule_order
from customers.models import SupplyContract
from heating.roles import CASHIER, MANAGER
from office.actors import Actor
from office.models import Company
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.clock import present

pytestmark = pytest.mark.django_db


def a_form(bill: Bill) -> CounterForm:
    return CounterForm("silence-form-1", [bill], 162_000, 162_000)


@pytest.fixture
def company() -> Company:
    return a_company()


@pytest.fixture
def cashier(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("收费", CASHIER, company))


@pytest.fixture
def contract(company: Company) -> SupplyContract:
    return a_contract(an_account(company, area="90.00"), a_customer(company))


@pytest.fixture
def bill(contract: SupplyContract) -> Bill:
    return an_issued_bill(contract)


@pytest.fixture
def order(company: Company, cashier: Actor, contract: SupplyContract, bill: Bill) -> Attempt:
    """1,620.00 yuan at WeChat Pay, which stays silent, and an open shift."""
    open_shift(company, till="1", float_fen=0, by=cashier, at=NOW)
    by = Actor.customer("test")
    intent = create_intent(contract, [bill], by=by, at=NOW)
    return start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=by, at=NOW)


class TestSilence:
    def test_ends_ten_minutes_after_the_order_and_late_money_is_an_advance(
        self, order: Attempt, contract: SupplyContract, bill: Bill, cashier: Actor
    ) -> None:
        cash = a_form(bill)
        end = NOW + timedelta(minutes=40)
        assert order.blocks_until == end
        with pytest.raises(Refused) as refused:
            take_cash(contract, cash, by=cashier, at=end - timedelta(seconds=1))
        assert refused.value.code == "online_payment_open"
        assert "11-10 10:40 起可以收款" in str(refused.value.sentence)
        assert not Payment.objects.exists()
        take_cash(contract, cash, by=cashier, at=end)
        fact = MoneyFact("wechatpay", "4200L", Method.WECHAT_NATIVE, 162_000, end)
        receive_payment(order.intent, fact, attempt=order, by=cashier, at=end)
        balance = contract_balance(contract)
        assert (balance.receivable_fen, balance.advance_fen) == (0, 162_000)
        assert all(result.holds for result in check_ledger())


class TestOverruleOrder:
    def test_a_supervisor_lets_the_counter_take_money_sooner_for_a_reason(
        self,
        order: Attempt,
        company: Company,
        contract: SupplyContract,
        bill: Bill,
        cashier: Actor,
        client: Client,
    ) -> None:
        supervisor = a_member_of_staff("主管", MANAGER, company)
        by = Actor.staff(supervisor)
        with pytest.raises(NotAllowed):
            overrule_order(order, reason="微信无答复", by=cashier, at=NOW)
        with pytest.raises(Invalid):
            overrule_order(order, reason=" ", by=by, at=NOW)
        with pytest.raises(Refused):
            take_cash(contract, a_form(bill), by=cashier, at=NOW)
        client.force_login(supervisor)
        address = reverse("admin:billing_attempt_overrule_order", args=[order.pk])
        assert client.post(address, {"reason": "微信无答复"}).status_code == 302
        order.refresh_from_db()
        assert (order.overruled_by, order.overruled_reason) == (supervisor, "微信无答复")
        with pytest.raises(Refused) as refused:
            overrule_order(order, reason="再次", by=by, at=NOW)
        assert refused.value.code == "overruled_before"
        # The till still shows the order, with the reason.
        Attempt.objects.update(expires_at=present())
        assert cashier.user is not None
        client.force_login(cashier.user)
        till = client.get(reverse("admin:counter_till", args=[contract.pk])).content.decode()
        assert "已放行（微信无答复），可以收款" in till
        take_cash(contract, a_form(bill), by=cashier, at=NOW)
        assert contract_balance(contract).owed_fen == 0
