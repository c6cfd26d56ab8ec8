"""What a customer sees after money paid in their name turned out to be somebody else's."""

from collections.abc import Callable

import pytest

from billing.models import Bill, Method, Receipt
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.payments.suspense import assign_suspense
from customers.contracts.ownership import transfer_ownership
from heating.roles import MANAGER
from office.actors import Actor
from tests.builders import (
    HERE,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.clock import present
from tests.customer_api import ApiClient

pytestmark = pytest.mark.django_db
NEIGHBOUR = "13800000002"


@pytest.fixture
def neighbours_bill(db: None) -> Bill:
    """李建国 owes for a flat of his own."""
    company = a_company()
    return an_issued_bill(
        a_contract(an_account(company), a_customer(company, "李建国", phone=NEIGHBOUR))
    )


@pytest.fixture
def neighbour(neighbours_bill: Bill, as_customer: Callable[..., ApiClient]) -> ApiClient:
    return as_customer(NEIGHBOUR)


@pytest.fixture
def assigned(bill: Bill, neighbours_bill: Bill) -> Receipt:
    """500 yuan were paid under 王秀英's order and belong to 李建国."""
    at, manager = present(), a_member_of_staff("主管", MANAGER, bill.company)
    intent = create_intent(bill.contract, [bill], by=HERE, at=at)
    fact = MoneyFact("wechatpay", "42000009", Method.WECHAT_NATIVE, 50000, at)
    payment = receive_payment(intent, fact, to_suspense=True, by=HERE, at=at)
    assign_suspense(
        payment, neighbours_bill.contract, reason="扫错了码", by=Actor.staff(manager), at=at
    )
    return Receipt.objects.get()


class TestAssignedReceipt:
    def test_its_payer_reads_it(
        self, neighbour: ApiClient, neighbours_bill: Bill, assigned: Receipt
    ) -> None:
        listed = neighbour.read("/receipts").json()["receipts"]
        assert [(row["number"], row["amount_fen"], row["account_number"]) for row in listed] == [
            (assigned.number, 50000, neighbours_bill.account_number)
        ]
        assert neighbour.read(f"/receipts/{assigned.number}/pdf").status_code == 200

    def test_whoever_ordered_the_payment_does_not(
        self, customer: ApiClient, assigned: Receipt
    ) -> None:
        assert customer.read("/receipts").json() == {"receipts": [], "next_page": None}
        foreign = customer.read(f"/receipts/{assigned.number}/pdf")
        unknown = customer.read("/receipts/112099999999/pdf")
        assert (foreign.status_code, foreign.content) == (404, unknown.content)
        intent = assigned.payment.intent
        assert intent is not None
        shown = customer.read(f"/payment-intents/{intent.public_id}").json()
        assert (shown["state"], shown["receipts"]) == ("cancelled", [])

    def test_money_assigned_to_the_same_contract_stays_its_own(
        self, customer: ApiClient, bill: Bill
    ) -> None:
        at, manager = present(), a_member_of_staff("主管", MANAGER, bill.company)
        intent = create_intent(bill.contract, [bill], by=HERE, at=at)
        fact = MoneyFact("wechatpay", "42000010", Method.WECHAT_NATIVE, 50000, at)
        payment = receive_payment(intent, fact, to_suspense=True, by=HERE, at=at)
        assign_suspense(payment, bill.contract, reason="核对过", by=Actor.staff(manager), at=at)
        number = Receipt.objects.get().number
        listed = customer.read("/receipts").json()["receipts"]
        assert [row["number"] for row in listed] == [number]
        shown = customer.read(f"/payment-intents/{intent.public_id}").json()
        assert shown["receipts"] == [number]


class TestAfterAnOwnershipChange:
    def test_receipts_bills_and_intents_stay_with_the_old_owner(
        self, customer: ApiClient, bill: Bill, as_customer: Callable[..., ApiClient]
    ) -> None:
        at = present()
        intent = create_intent(bill.contract, [bill], by=HERE, at=at)
        fact = MoneyFact("wechatpay", "42000011", Method.WECHAT_NATIVE, bill.amount_fen, at)
        number = receive_payment(intent, fact, by=HERE, at=at).receipt.number
        new_owner = a_customer(bill.company, "赵新", phone="13800000003")
        # Dated before the bill was issued: what exists already still belongs to the old contract.
        transfer_ownership(
            bill.account,
            new_owner,
            bill.season.starts,
            contract_number="GR-2",
            by=HERE,
            at=at,
        )
        account = f"/accounts/{bill.account_id}/bills"
        new, paths = as_customer("13800000003"), [f"/receipts/{number}/pdf"]
        paths.append(f"/payment-intents/{intent.public_id}")
        assert [customer.read(path).status_code for path in paths] == [200, 200]
        assert [new.read(path).status_code for path in paths] == [404, 404]
        assert [row["number"] for row in customer.read(account).json()["bills"]] == [bill.number]
        assert new.read(account).json()["bills"] == []
        assert new.read("/receipts").json()["receipts"] == []
