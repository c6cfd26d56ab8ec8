"""Payments booked in sets: every rule of one payment holds for each, in as many statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.chart import LedgerAccount
from billing.ledger.checks import check_ledger
from billing.ledger.open_bills import open_bills_of
from billing.models import Bill, Method, Payment, PaymentIntent, Receipt, Transfer
from billing.payments.intents import PaymentWish, create_intents
from billing.payments.receive import Arrival, MoneyFact, receive_payments
from office.actors import Actor
from office.models import Company, JournalEntry
from office.refusals import Refused
from tests.builders import NOW, a_company, a_contract, a_customer, an_account, an_issued_bill

pytestmark = pytest.mark.django_db
CALLBACK = Actor.system("wechat callback")


@pytest.fixture
def company() -> Company:
    return a_company("11")


def debtors(company: Company, count: int) -> list[Bill]:
    return [
        an_issued_bill(a_contract(an_account(company), a_customer(company))) for _ in range(count)
    ]


def wishes(bills: list[Bill]) -> list[PaymentWish]:
    return [PaymentWish(bill.contract, [bill], CALLBACK, NOW) for bill in bills]


def arrivals(bills: list[Bill], amount_fen: int | None = None) -> list[Arrival]:
    return [
        Arrival(
            intent,
            MoneyFact(
                "wechatpay",
                f"42000{intent.pk}",
                Method.WECHAT_NATIVE,
                amount_fen or intent.amount_fen,
                NOW,
            ),
            CALLBACK,
            NOW,
        )
        for intent in create_intents(wishes(bills))
    ]


def everything() -> list[int]:
    rows = (PaymentIntent, Payment, Transfer, Receipt, JournalEntry)
    return [model.objects.count() for model in rows]


class TestReceivePayments:
    def test_each_is_booked_settled_and_receipted(self, company: Company) -> None:
        bills = debtors(company, 3)
        payments = receive_payments(arrivals(bills))
        assert [payment.contract for payment in payments] == [bill.contract for bill in bills]
        assert open_bills_of(bill.contract_id for bill in bills) == []
        for payment, bill in zip(payments, bills, strict=True):
            rows = Transfer.objects.filter(source_type="payment", source_id=payment.pk).order_by(
                "pk"
            )
            assert list(rows.values_list("kind", "debit", "credit", "amount_fen", "bill")) == [
                (
                    *("payment", LedgerAccount.WECHAT, LedgerAccount.ADVANCE),
                    *(bill.amount_fen, None),
                ),
                (
                    *("allocation", LedgerAccount.ADVANCE, LedgerAccount.RECEIVABLE),
                    *(bill.amount_fen, bill.pk),
                ),
            ]
            assert payment.receipt.paper["account_number"] == bill.account_number
            assert payment.intent is not None
            payment.intent.refresh_from_db()
            assert payment.intent.state == "paid"
        numbers = [int(payment.receipt.number) for payment in payments]
        assert numbers == list(range(numbers[0], numbers[0] + 3))
        for action in ("create_intent", "receive_payment", "issue_receipt"):
            assert JournalEntry.objects.filter(action=action).count() == 3
        assert [result.check.name for result in check_ledger() if not result.holds] == []

    def test_an_intent_is_paid_when_its_money_is_there(self, company: Company) -> None:
        bills = debtors(company, 1)
        intent = create_intents(wishes(bills))[0]
        for transaction_id, amount_fen, state in (
            ("1", intent.amount_fen - 1, "open"),
            ("2", 1, "paid"),
        ):
            fact = MoneyFact("wechatpay", transaction_id, Method.WECHAT_NATIVE, amount_fen, NOW)
            receive_payments([Arrival(intent, fact, CALLBACK, NOW)])
            intent.refresh_from_db()
            assert intent.state == state
        assert open_bills_of([bills[0].contract_id]) == []

    def test_bill_and_receipt_name_the_payer_who_took_the_bills_over(
        self, company: Company
    ) -> None:
        school = a_customer(company, "太原市第三小学")
        contract = a_contract(an_account(company), a_customer(company), payer=school)
        bill = an_issued_bill(contract)
        (payment,) = receive_payments(arrivals([bill]))
        assert bill.customer_name == payment.receipt.paper["payer"] == "太原市第三小学"

    def test_what_was_booked_before_is_answered_with(self, company: Company) -> None:
        first, second = arrivals(debtors(company, 2))
        (booked,) = receive_payments([first])
        again, new = receive_payments([first, second])
        assert (again, new.contract) == (booked, second.intent.contract)
        assert Payment.objects.count() == Receipt.objects.count() == 2

    def test_money_in_suspense_settles_nothing(self, company: Company) -> None:
        first, second = debtors(company, 2)
        (wrong,), (right,) = arrivals([first], amount_fen=100), arrivals([second])
        doubtful = Arrival(wrong.intent, wrong.fact, CALLBACK, NOW, to_suspense=True)
        suspended, _ = receive_payments([doubtful, right])
        assert [item.bill for item in open_bills_of([first.contract_id, second.contract_id])] == [
            first
        ]
        assert not Receipt.objects.filter(payment=suspended).exists()
        assert (
            Transfer.objects.get(source_type="payment", source_id=suspended.pk).credit
            == LedgerAccount.SUSPENSE
        )

    def test_many_take_as_many_statements_as_few(self, company: Company) -> None:
        few, many = arrivals(debtors(company, 2)), arrivals(debtors(company, 9))
        receive_payments(arrivals(debtors(company, 1)))
        with CaptureQueriesContext(connection) as for_few:
            receive_payments(few)
        with CaptureQueriesContext(connection) as for_many:
            receive_payments(many)
        assert len(for_many) == len(for_few)

    def test_a_contract_twice_in_a_set_is_no_set(self, company: Company) -> None:
        (bill,) = debtors(company, 1)
        (first,), (second,) = arrivals([bill]), arrivals([bill])
        before = everything()
        with pytest.raises(ValueError, match="another contract"):
            receive_payments([first, second])
        assert everything() == before


class TestCreateIntents:
    def test_one_refused_refuses_all(self, company: Company) -> None:
        first, second = debtors(company, 2)
        receive_payments(arrivals([second]))
        before = everything()
        with pytest.raises(Refused) as refused:
            create_intents(wishes([first, second]))
        assert refused.value.code == "bill_not_open"
        assert everything() == before
