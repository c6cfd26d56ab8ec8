"""Refunded money is blocked when a report of it comes, once, in whatever order the reports come."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db import IntegrityError, transaction

from billing.account_desk.page import account_page
from billing.adjustments.corrections import Correction
from billing.chart import LedgerAccount
from billing.ledger.balances import ContractBalance, contract_balance
from billing.ledger.checks import check_ledger
from billing.ledger.open_bills import open_bills
from billing.models import (
    Alarm,
    Attempt,
    Bill,
    Method,
    Payment,
    PaymentIntent,
    Receipt,
    ReportedRefund,
    Transfer,
)
from billing.payments.intents import create_intent
from billing.payments.open_suspense import open_suspense
from billing.payments.suspense import assign_suspense
from billing.wechat.attempts import apply_transaction_fact, start_wechat_payment
from billing.wechat.refunds import apply_refund_fact
from billing.wechatpay.facts import RefundFact, TransactionFact
from billing.wechatpay.merchant import Merchant
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.calendar import business_date
from office.models import JournalEntry
from office.refusals import Refused
from tests.billing.adjustments.desk import Desk
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db
CALLBACK = Actor.system("wechat callback")
MERCHANT = cast("Merchant", SimpleNamespace(mchid="1900000001", appid="wx1"))
LATER = NOW + timedelta(days=40)
TODAY = business_date(NOW)


@pytest.fixture
def bill() -> Bill:
    """A bill of 2,058.48 yuan."""
    company = a_company("11")
    return an_issued_bill(a_contract(an_account(company), a_customer(company)))


def an_order(bill: Bill, amount_fen: int | None = None) -> Attempt:
    intent = create_intent(bill.contract, [bill], amount_fen=amount_fen, by=CALLBACK, at=NOW)
    return start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=CALLBACK, at=NOW)


def report(attempt: Attempt, state: str = "SUCCESS", total_fen: int | None = None) -> str:
    """WeChat Pay's word on the order, from a callback or a query."""
    fact = TransactionFact(
        mchid=MERCHANT.mchid,
        appid=MERCHANT.appid,
        out_trade_no=attempt.number,
        transaction_id=f"42000{attempt.pk}",
        trade_state=state,
        trade_type="NATIVE",
        total_fen=attempt.amount_fen if total_fen is None else total_fen,
        payer_total_fen=attempt.amount_fen if total_fen is None else total_fen,
        currency="CNY",
        success_time=NOW,
        openid="",
        raw=b"",
    )
    return apply_transaction_fact(fact, merchant=MERCHANT, by=CALLBACK, at=NOW)


def refund(attempt: Attempt, amount_fen: int, number: str = "503", **changes: Any) -> str:
    """WeChat Pay's word on a refund of the order."""
    fact = RefundFact(
        mchid=changes.get("mchid", MERCHANT.mchid),
        out_trade_no=changes.get("out_trade_no", attempt.number),
        transaction_id=f"42000{attempt.pk}",
        out_refund_no=f"CONSOLE{number}",
        refund_id=number,
        status=changes.get("status", "SUCCESS"),
        total_fen=attempt.amount_fen,
        refund_fen=amount_fen,
        payer_refund_fen=amount_fen,
        success_time=LATER,
        raw=b"",
    )
    return apply_refund_fact(fact, merchant=MERCHANT, by=CALLBACK, at=LATER)


def blocked() -> list[tuple[str, LedgerAccount, int, int | None]]:
    rows = Transfer.objects.filter(credit=LedgerAccount.REFUND_BLOCKED).order_by("pk")
    return [(row.kind, LedgerAccount(row.debit), row.amount_fen, row.bill_id) for row in rows]


def broken_checks() -> list[str]:
    return [result.check.name for result in check_ledger() if not result.holds]


def everything() -> list[int]:
    rows = (Transfer, Receipt, ReportedRefund, Alarm, JournalEntry)
    return [model.objects.count() for model in rows]


class TestBlockRefund:
    def test_what_had_settled_a_bill_is_owed_again(self, bill: Bill) -> None:
        attempt = an_order(bill)
        report(attempt)
        assert refund(attempt, 205848) == "booked"
        assert blocked() == [("refund", LedgerAccount.RECEIVABLE, 205848, bill.pk)]
        assert contract_balance(bill.contract) == ContractBalance(205848, 0, 205848)
        assert [item.open_fen for item in open_bills(bill.contract)] == [205848]
        assert broken_checks() == []
        alarm, receipt = Alarm.objects.get(), Receipt.objects.get()
        account = bill.contract.account.number
        assert (alarm.kind, alarm.company) == ("refund_notification", bill.company)
        assert alarm.key == "refund_notification:503"
        assert alarm.facts == {
            "attempt": attempt.number,
            "account": account,
            "payment": f"42000{attempt.pk}",
            "receipt": receipt.number,
            "refund": "503",
            "refund_fen": 205848,
            "blocked_fen": 205848,
            "reopened": bill.number,
        }
        assert alarm.sentence == (
            f"户号 {account}：渠道已退款 2,058.48 元，收款 2,058.48 元（收据 {receipt.number}），"
            "已冻结 2,058.48 元，其中 2,058.48 元恢复为欠费；请到商户平台核实，并收回收据。"
        )
        line = JournalEntry.objects.get(action="block_refund")
        assert line.record_id == Payment.objects.get().pk
        assert line.facts["blocked_fen"] == 205848
        assert account_page(bill.contract.account, on=TODAY).refund_blocked_fen == 205848

    def test_an_advance_is_taken_before_a_bill(self, bill: Bill) -> None:
        attempt = an_order(bill, 205848 + 500_00)
        report(attempt)
        refund(attempt, 600_00)
        assert blocked() == [
            ("refund", LedgerAccount.ADVANCE, 500_00, None),
            ("refund", LedgerAccount.RECEIVABLE, 100_00, bill.pk),
        ]
        assert contract_balance(bill.contract) == ContractBalance(100_00, 0, 600_00)
        assert broken_checks() == []

    def test_a_credit_of_the_paid_bill_stays_the_customers(self, bill: Bill) -> None:
        attempt = an_order(bill)
        report(attempt)
        clerk, manager = (
            Actor.staff(a_member_of_staff(role.key, role, bill.company))
            for role in (CLERK, MANAGER)
        )
        Desk(clerk, manager, manager).issue(bill, Correction(amount_fen=-500_00))
        assert contract_balance(bill.contract) == ContractBalance(0, 500_00)
        refund(attempt, 205848)
        assert contract_balance(bill.contract) == ContractBalance(205848 - 500_00, 0, 205848)
        assert broken_checks() == []

    def test_the_newest_season_is_owed_again_first(self, bill: Bill) -> None:
        newer = an_issued_bill(bill.contract, a_season(bill.company, "2026-2027"))
        intent = create_intent(bill.contract, [bill, newer], by=CALLBACK, at=NOW)
        attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=CALLBACK, at=NOW)
        report(attempt)
        refund(attempt, newer.amount_fen + 1_00)
        assert [(row[2], row[3]) for row in blocked()] == [
            (newer.amount_fen, newer.pk),
            (1_00, bill.pk),
        ]
        assert broken_checks() == []

    def test_two_parts_and_each_of_them_twice(self, bill: Bill) -> None:
        attempt = an_order(bill)
        report(attempt)
        assert refund(attempt, 100_00, "503") == "booked"
        assert refund(attempt, 30_00, "504") == "booked"
        before = everything()
        assert refund(attempt, 100_00, "503") == "repeated"
        assert refund(attempt, 30_00, "504", status="ABNORMAL") == "repeated"
        assert report(attempt, "REFUND") == "repeated"
        assert report(attempt) == "repeated"
        assert everything() == before
        assert contract_balance(bill.contract) == ContractBalance(130_00, 0, 130_00)
        assert sorted(Alarm.objects.values_list("key", flat=True)) == [
            "refund_notification:503",
            "refund_notification:504",
        ]
        assert broken_checks() == []

    def test_more_than_was_paid_is_never_blocked(self, bill: Bill) -> None:
        attempt = an_order(bill)
        report(attempt)
        refund(attempt, 205848, "503")
        refund(attempt, 205848, "504")
        assert contract_balance(bill.contract) == ContractBalance(205848, 0, 205848)
        assert Alarm.objects.count() == 2
        assert broken_checks() == []

    def test_an_order_first_reported_as_refunded_goes_to_suspense(self, bill: Bill) -> None:
        """Both callbacks were lost and the sweep asks."""
        attempt = an_order(bill)
        assert report(attempt, "REFUND") == "booked"
        payment = Payment.objects.get()
        assert payment.waits_in_suspense
        assert contract_balance(bill.contract) == ContractBalance(205848, 0)
        assert not Receipt.objects.exists()
        assert PaymentIntent.objects.get().state == "open"
        alarm = Alarm.objects.get()
        assert alarm.key == f"refund_notification:order:{attempt.number}"
        assert (alarm.company, alarm.facts["payment"]) == (bill.company, payment.transaction_id)
        assert account_page(bill.contract.account, on=TODAY).refund_blocked_fen == 205848
        assert broken_checks() == []
        before = everything()
        assert refund(attempt, 205848) == "booked"
        assert Alarm.objects.count() == before[3]
        assert Transfer.objects.count() == before[0]

    def test_an_order_booked_before_is_blocked_whole_when_no_amount_is_known(
        self, bill: Bill
    ) -> None:
        attempt = an_order(bill)
        report(attempt)
        assert report(attempt, "REFUND") == "repeated"
        assert refund(attempt, 100_00) == "booked"
        assert contract_balance(bill.contract) == ContractBalance(205848, 0, 205848)
        assert Alarm.objects.count() == 1
        assert broken_checks() == []

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_whatever_comes_first_the_debt_is_open_and_one_alarm_rises(
        self, bill: Bill, order: Sequence[int]
    ) -> None:
        attempt = an_order(bill)
        messages = [
            lambda: report(attempt),
            lambda: report(attempt, "REFUND"),
            lambda: refund(attempt, 205848),
        ]
        for turn in (*order, *order):
            messages[turn]()
        balance = contract_balance(bill.contract)
        assert (balance.receivable_fen, balance.advance_fen) == (205848, 0)
        assert account_page(bill.contract.account, on=TODAY).refund_blocked_fen == 205848
        assert Payment.objects.count() == Alarm.objects.count() == 1
        assert broken_checks() == []

    def test_a_closed_refund_moved_no_money(self, bill: Bill) -> None:
        attempt = an_order(bill)
        report(attempt)
        before = everything()
        assert refund(attempt, 205848, status="CLOSED") == "ignored"
        assert everything() == before
        report(attempt, "REFUND")
        assert refund(attempt, 205848, status="CLOSED") == "alarmed"
        assert Alarm.objects.order_by("-pk")[0].kind == "refund_closed"

    @pytest.mark.parametrize("wrong", [{"out_trade_no": "HT0"}, {"mchid": "1900000002"}])
    def test_what_is_not_ours_is_only_alarmed(self, bill: Bill, wrong: dict[str, str]) -> None:
        attempt = an_order(bill)
        report(attempt)
        assert refund(attempt, 205848, **wrong) == "alarmed"
        assert contract_balance(bill.contract) == ContractBalance(0, 0)
        assert not ReportedRefund.objects.exists()

    def test_a_reported_refund_never_changes(self, bill: Bill) -> None:
        attempt = an_order(bill)
        refund(attempt, 205848)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            ReportedRefund.objects.update(amount_fen=1)


class TestAssignSuspense:
    def test_refunded_money_is_not_assigned(self, bill: Bill) -> None:
        attempt = an_order(bill)
        refund(attempt, 1_00)
        report(attempt)
        payment = Payment.objects.get()
        manager = Actor.staff(a_member_of_staff("manager", MANAGER, bill.company))
        before = everything()
        with pytest.raises(Refused, match="503") as refusal:
            assign_suspense(payment, bill.contract, reason="核对过", by=manager, at=LATER)
        assert refusal.value.code == "refunded"
        assert everything() == before
        assert manager.user is not None
        assert not open_suspense(manager.user).exists()

    def test_a_refund_of_assigned_money_is_taken_from_its_account(self, bill: Bill) -> None:
        company = bill.company
        other = an_issued_bill(a_contract(an_account(company), a_customer(company, "李建国")))
        attempt = an_order(bill)
        report(attempt, total_fen=500_00)
        manager = Actor.staff(a_member_of_staff("manager", MANAGER, company))
        payment = Payment.objects.get()
        assign_suspense(payment, other.contract, reason="扫错了码", by=manager, at=NOW)
        assert contract_balance(other.contract) == ContractBalance(155848, 0)
        refund(attempt, 500_00)
        assert contract_balance(other.contract) == ContractBalance(205848, 0, 500_00)
        assert contract_balance(bill.contract) == ContractBalance(205848, 0)
        alarm = Alarm.objects.get(kind="refund_notification")
        assert alarm.facts["account"] == other.contract.account.number
        assert broken_checks() == []
