"""The way out of suspense: once, whole, inside the company, by somebody who says why."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.alarms.operations import raise_alarm
from billing.chart import LedgerAccount
from billing.ledger.balances import ContractBalance, contract_balance
from billing.ledger.checks import check_ledger
from billing.models import (
    Alarm,
    Bill,
    Method,
    Payment,
    PaymentIntent,
    Receipt,
    SuspenseAssignment,
    Transfer,
)
from billing.payments.intents import create_intent
from billing.payments.open_suspense import contract_of_account, open_suspense
from billing.payments.receive import MoneyFact, receive_payment
from billing.payments.suspense import assign_suspense
from customers.models import SupplyContract
from heating.roles import CASHIER, MANAGER
from office.actors import Actor
from office.models import JournalEntry, User
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
CALLBACK = Actor.system("wechat callback")


def a_debtor(code: str = "11", name: str = "王秀英") -> Bill:
    company = a_company(code)
    return an_issued_bill(a_contract(an_account(company), a_customer(company, name)))


def in_suspense(bill: Bill, amount_fen: int) -> Payment:
    """WeChat Pay brought another amount than was ordered."""
    intent = create_intent(bill.contract, [bill], by=CALLBACK, at=NOW)
    fact = MoneyFact("wechatpay", f"42000{bill.pk}", Method.WECHAT_NATIVE, amount_fen, NOW)
    payment = receive_payment(intent, fact, to_suspense=True, by=CALLBACK, at=NOW)
    raise_alarm(
        "amount_differs",
        key=fact.transaction_id,
        sentence="金额不符",
        at=NOW,
        company=intent.company,
    )
    return payment


def a_manager(code: str = "11") -> Actor:
    return Actor.staff(a_member_of_staff(f"manager{code}", MANAGER, a_company(code)))


def everything() -> list[int]:
    rows = (Transfer, Receipt, SuspenseAssignment, JournalEntry)
    return [model.objects.count() for model in rows]


class TestAssignSuspense:
    def test_it_settles_the_debt_and_gives_a_receipt(self) -> None:
        bill = a_debtor()
        payment = in_suspense(bill, bill.amount_fen - 100)
        manager = a_manager()
        assign_suspense(payment, bill.contract, reason="已与用户核对", by=manager, at=NOW)
        assert contract_balance(bill.contract) == ContractBalance(100, 0)
        moved = Transfer.objects.filter(book=0).order_by("pk")
        sources = [payment, payment.assignment, payment.assignment]
        assert [row.source for row in moved] == sources
        assert [(row.kind, row.debit, row.credit, row.amount_fen) for row in moved] == [
            ("payment", LedgerAccount.WECHAT, LedgerAccount.SUSPENSE, payment.amount_fen),
            ("assignment", LedgerAccount.SUSPENSE, LedgerAccount.ADVANCE, payment.amount_fen),
            ("allocation", LedgerAccount.ADVANCE, LedgerAccount.RECEIVABLE, payment.amount_fen),
        ]
        assert payment.receipt.amount_fen == payment.amount_fen
        # Too little came for what the intent was made for.
        assert PaymentIntent.objects.get().state == "cancelled"
        alarm = Alarm.objects.get()
        assert (alarm.resolved_by, "已与用户核对" in alarm.decision) == (manager.user, True)
        line = JournalEntry.objects.get(action="assign_suspense")
        assert (line.record_id, line.facts["settled_fen"]) == (payment.pk, payment.amount_fen)
        assert [check.check.name for check in check_ledger() if not check.holds] == []

    def test_what_is_more_than_owed_stays_as_advance(self) -> None:
        bill = a_debtor()
        payment = in_suspense(bill, bill.amount_fen + 250)
        assign_suspense(payment, bill.contract, reason="多付", by=a_manager(), at=NOW)
        assert contract_balance(bill.contract) == ContractBalance(0, 250)
        assert PaymentIntent.objects.get().state == "paid"

    def test_it_may_be_somebody_elses(self) -> None:
        payer, other = a_debtor(), a_debtor(name="李建国")
        payment = in_suspense(payer, 500_00)
        number = other.contract.account.number
        contract = contract_of_account(payment, number)
        assign_suspense(payment, contract, reason="扫错了码", by=a_manager(), at=NOW)
        assert contract_balance(payer.contract) == ContractBalance(payer.amount_fen, 0)
        assert contract_balance(other.contract) == ContractBalance(other.amount_fen - 500_00, 0)
        paper = Receipt.objects.get().paper
        assert (paper["payer"], paper["account_number"]) == ("李建国", number)
        assert PaymentIntent.objects.get().state == "cancelled"
        assert [check.check.name for check in check_ledger() if not check.holds] == []

    def test_refused_and_nothing_has_changed(self) -> None:
        bill, foreign = a_debtor(), a_debtor("21")
        payment = in_suspense(bill, 500_00)
        manager, cashier = (
            a_manager(),
            Actor.staff(a_member_of_staff("cashier", CASHIER, bill.company)),
        )
        before = everything()
        tries: list[tuple[SupplyContract, str, Actor, type[Refused]]] = [
            (foreign.contract, "核对过", manager, Refused),
            (bill.contract, " ", manager, Invalid),
            (bill.contract, "核对过", cashier, NotAllowed),
            (bill.contract, "核对过", a_manager("21"), NotAllowed),
        ]
        for contract, reason, by, refusal in tries:
            with pytest.raises(refusal):
                assign_suspense(payment, contract, reason=reason, by=by, at=NOW)
        with pytest.raises(NotFound):
            contract_of_account(payment, foreign.contract.account.number)
        assert everything() == before
        assert contract_of_account(payment, "") == bill.contract

    def test_only_once_and_only_what_is_in_suspense(self) -> None:
        bill = a_debtor()
        payment = in_suspense(bill, 500_00)
        manager = a_manager()
        assign_suspense(payment, bill.contract, reason="核对过", by=manager, at=NOW)
        before = everything()
        with pytest.raises(Refused, match="已转入"):
            assign_suspense(payment, bill.contract, reason="核对过", by=manager, at=NOW)
        intent = create_intent(bill.contract, [bill], by=CALLBACK, at=NOW)
        plain = receive_payment(
            intent, MoneyFact("wechatpay", "x", Method.WECHAT_NATIVE, 1, NOW), by=CALLBACK, at=NOW
        )
        with pytest.raises(Refused, match="不在待查款项"):
            assign_suspense(plain, bill.contract, reason="核对过", by=manager, at=NOW)
        assert everything()[2] == before[2] == 1

    def test_a_contract_that_ended_meanwhile_gets_nothing(self) -> None:
        bill = a_debtor()
        payment = in_suspense(bill, 500_00)
        shown = contract_of_account(payment, bill.contract.account.number)
        SupplyContract.objects.filter(pk=shown.pk).update(ends=NOW.date())
        before = everything()
        with pytest.raises(Refused, match="刚刚终止") as refusal:
            assign_suspense(payment, shown, reason="核对过", by=a_manager(), at=NOW)
        assert refusal.value.code == "contract_ended"
        assert everything() == before

    def test_an_assignment_never_changes(self) -> None:
        bill = a_debtor()
        assign_suspense(
            in_suspense(bill, 100), bill.contract, reason="核对过", by=a_manager(), at=NOW
        )
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            SuspenseAssignment.objects.update(reason="别的")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_assign_it_once() -> None:
    first, second = a_debtor(), a_debtor(name="李建国")
    payment = in_suspense(first, 500_00)
    manager = a_manager()

    def assign(contract: SupplyContract) -> Any:
        return lambda: assign_suspense(payment, contract, reason="核对过", by=manager, at=NOW)

    outcomes = at_once([assign(first.contract), assign(second.contract)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "Refused",
        "SuspenseAssignment",
    ]
    assert Transfer.objects.filter(kind="assignment").count() == 1
    assert Receipt.objects.count() == 1


class TestSuspensePages:
    def test_the_list_and_the_verb(self, client: Client) -> None:
        bill = a_debtor()
        payment = in_suspense(bill, 500_00)
        in_suspense(a_debtor("21"), 700_00)
        manager = a_manager().user
        assert manager is not None
        client.force_login(manager)
        listed = client.get(reverse("admin:billing_payment_changelist") + "?suspense=open")
        assert "500.00" in listed.content.decode()
        assert "700.00" not in listed.content.decode()
        assert "500.00" in client.get(reverse("admin:index")).content.decode()
        address = reverse("admin:billing_payment_change", args=[payment.pk])
        assert "整笔转入一个户号" in client.get(address).content.decode()
        sent = {"account_number": "", "reason": "电话核对，系本户缴费"}
        verb = reverse("admin:billing_payment_assign_suspense", args=[payment.pk])
        done = client.post(verb, sent, follow=True).content.decode()
        assert "收据已开具" in done
        assert f"已转入 {bill.contract.account.number}" in done
        assert not open_suspense(User.objects.get(pk=manager.pk)).exists()

    def test_a_cashier_sees_it_and_has_no_such_button(self, client: Client) -> None:
        payment = in_suspense(a_debtor(), 500_00)
        client.force_login(a_member_of_staff("cashier", CASHIER, payment.company))
        address = reverse("admin:billing_payment_change", args=[payment.pk])
        assert "整笔转入一个户号" not in client.get(address).content.decode()
        verb = reverse("admin:billing_payment_assign_suspense", args=[payment.pk])
        assert client.post(verb, {"reason": "x"}).status_code == 403
