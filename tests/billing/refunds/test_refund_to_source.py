"""Refunds to source: their limits, what WeChat Pay says of them in any order, and its silence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import (
    AdvanceRefund,
    Alarm,
    Attempt,
    Method,
    Payment,
    RefundToSource,
    ReportedRefund,
    Transfer,
)
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.payments.refunds import RefundReport, block_refund
from billing.refunds import to_source
from billing.refunds.operations import Payee, approve_advance_refund, draft_advance_refund
from billing.refunds.to_source import (
    approve_refund_to_source,
    cancel_refund_to_source,
    draft_refund_to_source,
    refundable_fen,
    release_refund_to_source,
)
from billing.wechat import own_refunds
from billing.wechat.attempts import apply_transaction_fact, start_wechat_payment
from billing.wechat.own_refunds import begin_try, record_no_answer, record_refund_fact
from billing.wechat.refunds import apply_refund_fact
from billing.wechatpay.outcomes import Rejected, Unknown, Why
from customers.models import SupplyContract
from office.refusals import NotAllowed, Refused
from office.zone import SHANGHAI
from tests.billing.adjustments.desk import Desk
from tests.billing.refunds.refunds_to_source import HOUSE, approved, draft, fact_of
from tests.builders import NOW, a_company, a_contract, a_customer, an_account
from tests.parallel import at_once

pytestmark = pytest.mark.django_db


def postings(refund: RefundToSource) -> list[tuple[str, int, int, int]]:
    rows = Transfer.objects.filter(source_type="to_source", source_id=refund.pk).order_by("pk")
    return list(rows.values_list("kind", "debit", "credit", "amount_fen"))


def an_order_paid(contract: SupplyContract) -> tuple[Attempt, Payment]:
    """1,000.00 yuan paid ahead for an order at WeChat Pay."""
    intent = create_intent(contract, [], amount_fen=100_000, by=HOUSE, at=NOW)
    attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=HOUSE, at=NOW)
    fact = MoneyFact("wechatpay", "4200C", Method.WECHAT_NATIVE, 100_000, NOW)
    return attempt, receive_payment(intent, fact, attempt=attempt, by=HOUSE, at=NOW)


def bank_draft(desk: Desk, contract: SupplyContract, amount_fen: int) -> AdvanceRefund:
    payee = Payee("王秀英", "工商银行", "6222")
    return draft_advance_refund(
        contract, amount_fen, payee, reason="退", source="申请", by=desk.clerk, at=NOW
    )


def begun(refund: RefundToSource, at: datetime = NOW) -> RefundToSource:
    begun_refund = begin_try(refund, at=at)
    assert begun_refund is not None
    return begun_refund


RESERVED = ("reserve", LedgerAccount.ADVANCE, LedgerAccount.REFUND_BLOCKED, 60_000)
REPAID = ("repaid", LedgerAccount.REFUND_BLOCKED, LedgerAccount.WECHAT, 60_000)
RELEASED = ("release", LedgerAccount.REFUND_BLOCKED, LedgerAccount.ADVANCE, 60_000)


class TestDraftAndApprove:
    def test_the_amount_leaves_the_advance_when_another_approves(
        self, desk: Desk, payment: Payment
    ) -> None:
        refund = draft(desk, payment)
        with pytest.raises(NotAllowed):
            approve_refund_to_source(refund, by=desk.clerk, at=NOW)
        assert postings(refund) == []
        refund = approve_refund_to_source(refund, by=desk.manager, at=NOW)
        assert (refund.state, refund.next_try_at, postings(refund)) == ("approved", NOW, [RESERVED])
        assert contract_balance(payment.heat_contract).advance_fen == 40_000
        assert all(result.holds for result in check_ledger())

    @pytest.mark.parametrize("amount_fen", [0, -1, 40_001])
    def test_never_above_what_is_left(self, amount_fen: int, desk: Desk, payment: Payment) -> None:
        draft(desk, payment)
        with pytest.raises(Refused) as refused:
            draft(desk, payment, amount_fen)
        assert refused.value.code == "refund_above_left"
        assert RefundToSource.objects.count() == 1

    def test_other_money_and_old_money_go_another_way(self, desk: Desk, payment: Payment) -> None:
        late = payment.paid_at + timedelta(days=366)
        with pytest.raises(Refused) as refused:
            draft_refund_to_source(payment, 1, reason="退", source="申请", by=desk.clerk, at=late)
        assert refused.value.code == "too_old"
        desk.pay(payment.heat_contract, 1000, "cash")
        cash = Payment.objects.get(method="cash")
        with pytest.raises(Refused) as refused:
            draft(desk, cash, 1)
        assert refused.value.code == "not_wechat"

    def test_the_same_form_drafts_once_and_cancelled_drafts_are_no_refunds(
        self, desk: Desk, payment: Payment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(to_source, "_MOST_REFUNDS", 1)
        first = draft(desk, payment, 30_000, form_key="refund-form-1")
        assert draft(desk, payment, 30_000, form_key="refund-form-1") == first
        with pytest.raises(Refused) as refused:
            draft(desk, payment, 1, form_key="refund-form-1")
        assert (refused.value.code, RefundToSource.objects.count()) == ("form_expired", 1)
        with pytest.raises(Refused) as refused:
            draft(desk, payment, 1)
        assert (refused.value.code, RefundToSource.objects.count()) == ("too_many", 1)
        cancel_refund_to_source(first, by=desk.clerk, at=NOW)
        again = draft(desk, payment, 100_000)
        assert approve_refund_to_source(again, by=desk.manager, at=NOW).state == "approved"

    def test_a_cancelled_one_gives_its_amount_back(self, desk: Desk, payment: Payment) -> None:
        refund = draft(desk, payment, 100_000)
        assert refundable_fen(payment) == 0
        cancel_refund_to_source(refund, by=desk.clerk, at=NOW)
        assert refundable_fen(payment) == 100_000


class TestRecordRefundFact:
    @pytest.mark.parametrize(
        ("words", "state", "ends"),
        [
            (["PROCESSING", "SUCCESS", "SUCCESS", "SUCCESS"], "paid", [RESERVED, REPAID]),
            (["SUCCESS", "PROCESSING", "CLOSED"], "paid", [RESERVED, REPAID]),
            (["PROCESSING", "CLOSED", "SUCCESS"], "closed", [RESERVED, RELEASED]),
            (["PROCESSING", "ABNORMAL", "PROCESSING"], "abnormal", [RESERVED]),
            (["ABNORMAL", "SUCCESS"], "paid", [RESERVED, REPAID]),
        ],
    )
    def test_is_posted_once_whatever_is_said_after_the_end(
        self,
        words: list[str],
        state: str,
        ends: list[tuple[str, int, int, int]],
        desk: Desk,
        payment: Payment,
    ) -> None:
        refund = approved(desk, payment)
        for status in words:
            record_refund_fact(refund, fact_of(refund, status), by=HOUSE, at=NOW)
        refund.refresh_from_db()
        assert (refund.state, postings(refund)) == (state, ends)
        assert Alarm.objects.filter(kind="refund_abnormal").exists() == ("ABNORMAL" in words)
        assert all(result.holds for result in check_ledger())

    def test_another_amount_is_alarmed_and_moves_nothing(
        self, desk: Desk, payment: Payment
    ) -> None:
        refund = approved(desk, payment)
        fact = replace(fact_of(refund, "SUCCESS"), refund_fen=1)
        record_refund_fact(refund, fact, by=HOUSE, at=NOW)
        refund.refresh_from_db()
        assert (refund.state, postings(refund)) == ("approved", [RESERVED])
        assert Alarm.objects.get().kind == "refund_differs"

    def test_its_callback_is_not_taken_for_a_refund_of_the_console(
        self, desk: Desk, payment: Payment
    ) -> None:
        refund = approved(desk, payment)
        merchant = SimpleNamespace(mchid="1900000001")
        fact = fact_of(refund, "SUCCESS")
        assert apply_refund_fact(fact, merchant=merchant, by=HOUSE, at=NOW) == "booked"  # type: ignore[arg-type]
        assert apply_refund_fact(fact, merchant=merchant, by=HOUSE, at=NOW) == "repeated"  # type: ignore[arg-type]
        assert not ReportedRefund.objects.exists()
        assert postings(refund) == [RESERVED, REPAID]


class TestRefundOfTheConsole:
    def test_takes_what_ours_left_and_the_rest_when_ours_ends(self, desk: Desk) -> None:
        contract = a_contract(an_account(a_company()), a_customer(a_company()))
        attempt, payment = an_order_paid(contract)
        refund = approved(desk, payment)
        report = RefundReport("wechatpay", "4200C", "SUCCESS", "503C", 100_000)
        block_refund(attempt, report, by=HOUSE, at=NOW)
        balance = contract_balance(contract)
        assert (balance.advance_fen, balance.refund_blocked_fen) == (0, 100_000)
        assert all(result.holds for result in check_ledger())
        record_refund_fact(refund, fact_of(refund, "CLOSED"), by=HOUSE, at=NOW)
        balance = contract_balance(contract)
        assert (balance.advance_fen, balance.refund_blocked_fen) == (0, 100_000)
        assert postings(refund) == [RESERVED, RELEASED]
        assert all(result.holds for result in check_ledger())

    @pytest.mark.parametrize(
        ("console_fen", "code", "left", "by_bank_code"),
        [
            (70_000, "payment_refunded", "现只可退 300.00 元", "advance_spent"),
            (30_001, "advance_spent", "可退的预存现只有 299.99 元", ""),
        ],
    )
    def test_an_approval_looks_again_at_what_is_left(
        self, console_fen: int, code: str, left: str, by_bank_code: str, desk: Desk
    ) -> None:
        contract = a_contract(an_account(a_company()), a_customer(a_company()))
        attempt, payment = an_order_paid(contract)
        refund = draft(desk, payment, 40_000)
        approved_by_bank, by_bank = (bank_draft(desk, contract, fen) for fen in (40_000, 20_000))
        approve_advance_refund(approved_by_bank, by=desk.manager, at=NOW)
        report = RefundReport("wechatpay", "4200C", "SUCCESS", "503C", console_fen)
        block_refund(attempt, report, by=HOUSE, at=NOW)
        with pytest.raises(Refused) as refused:
            approve_refund_to_source(refund, by=desk.manager, at=NOW)
        assert (refused.value.code, left in refused.value.sentence) == (code, True)
        refund.refresh_from_db()
        assert (refund.state, postings(refund)) == ("drafted", [])
        if by_bank_code:
            with pytest.raises(Refused) as refused:
                approve_advance_refund(by_bank, by=desk.manager, at=NOW)
            assert refused.value.code == by_bank_code
        by_bank.refresh_from_db()
        assert by_bank.state == "drafted"

    def test_an_order_refunded_after_ours_was_closed_is_alarmed_and_after_a_release_blocked(
        self, desk: Desk
    ) -> None:
        contract = a_contract(an_account(a_company()), a_customer(a_company()))
        attempt, payment = an_order_paid(contract)
        merchant = SimpleNamespace(mchid="19", appid="wx")
        fact = SimpleNamespace(
            mchid="19",
            appid="wx",
            out_trade_no=attempt.number,
            transaction_id="4200C",
            trade_state="REFUND",
            currency="CNY",
            total_fen=100_000,
            success_time=NOW,
            is_paid=True,
        )
        closed = approved(desk, payment)
        record_refund_fact(closed, fact_of(closed, "CLOSED"), by=HOUSE, at=NOW)
        apply_transaction_fact(fact, merchant=merchant, by=HOUSE, at=NOW)  # type: ignore[arg-type]
        alarm = Alarm.objects.get()
        assert (alarm.kind, alarm.facts["receipt"]) == ("refund_differs", payment.receipt.number)
        assert (ReportedRefund.objects.count(), contract_balance(contract).advance_fen) == (
            *(0, 100_000),
        )
        RefundToSource.objects.update(refund_id="")
        apply_transaction_fact(fact, merchant=merchant, by=HOUSE, at=NOW)  # type: ignore[arg-type]
        balance = contract_balance(contract)
        assert (balance.advance_fen, balance.refund_blocked_fen) == (0, 100_000)


class TestRecordNoAnswer:
    def test_without_funds_it_is_tried_again_the_next_morning_under_its_number(
        self, desk: Desk, payment: Payment
    ) -> None:
        refund = approved(desk, payment)
        planned = record_no_answer(
            begun(refund), Rejected(403, "NOT_ENOUGH"), was_asked=True, at=NOW
        )
        assert (planned.number, planned.state, planned.error_code, planned.tries) == (
            *(refund.number, "approved"),
            *("NOT_ENOUGH", 1),
        )
        assert planned.next_try_at == datetime(2025, 11, 11, 9, tzinfo=SHANGHAI)
        assert not Alarm.objects.exists()

    def test_another_refusal_is_alarmed_once(self, desk: Desk, payment: Payment) -> None:
        refund = begun(approved(desk, payment))
        for _turn in range(2):
            record_no_answer(refund, Rejected(400, "INVALID_REQUEST"), was_asked=True, at=NOW)
        alarm = Alarm.objects.get()
        assert alarm.kind == "refund_refused"
        assert alarm.sentence == (
            f"户号 {refund.contract.account.number}（收据 {payment.receipt.number}）："
            "微信退款没有办成：这笔收款现在不能这样退；款项仍在冻结中，请到商户平台核实。"
        )
        assert postings(refund) == [RESERVED]

    def test_an_older_answer_frees_no_money(self, desk: Desk, payment: Payment) -> None:
        refusal = Rejected(400, "INVALID_REQUEST")
        first = begun(approved(desk, payment))
        second = begun(first, NOW + timedelta(minutes=2))
        assert record_no_answer(first, refusal, was_asked=True, at=NOW).refused_at is None
        record_refund_fact(second, fact_of(second, "PROCESSING"), by=HOUSE, at=NOW)
        late = record_no_answer(second, refusal, was_asked=True, at=NOW)
        assert (late.state, late.refused_at, late.error_code) == ("processing", None, "")
        assert not Alarm.objects.exists()
        with pytest.raises(Refused) as refused:
            release_refund_to_source(late, by=desk.manager, at=NOW)
        assert refused.value.code == "wrong_state"

    def test_each_try_of_a_sweep_has_its_own_time(
        self, desk: Desk, payment: Payment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refunds = [approved(desk, payment, fen) for fen in (10_000, 20_000)]
        seconds = iter([100.0, 100.0, 120.0])
        tries: list[tuple[RefundToSource, datetime]] = []
        clock = SimpleNamespace(monotonic=lambda: next(seconds))
        monkeypatch.setattr("billing.wechat.own_refunds.time", clock)
        monkeypatch.setattr(
            own_refunds, "try_refund", lambda refund, at: tries.append((refund, at))
        )
        assert own_refunds.sweep_refunds(at=NOW) == 2
        assert tries == [(refunds[0], NOW), (refunds[1], NOW + timedelta(seconds=20))]

    def test_of_two_workers_at_once_one_calls(self, desk: Desk, payment: Payment) -> None:
        refund = approved(desk, payment)
        assert begin_try(refund, at=NOW) is not None
        assert begin_try(refund, at=NOW) is None
        later = begin_try(refund, at=NOW + timedelta(minutes=1))
        assert later is not None
        assert (later.tries, later.next_try_at) == (2, NOW + timedelta(minutes=5))


class TestReleaseRefundToSource:
    def test_what_wechat_refused_is_an_advance_again(self, desk: Desk, payment: Payment) -> None:
        refund = begun(approved(desk, payment))
        record_no_answer(refund, Rejected(400, "INVALID_REQUEST"), was_asked=True, at=NOW)
        with pytest.raises(NotAllowed):
            release_refund_to_source(refund, by=desk.clerk, at=NOW)
        released = release_refund_to_source(refund, by=desk.manager, at=NOW)
        assert (released.state, postings(refund)) == ("closed", [RESERVED, RELEASED])
        assert refundable_fen(payment) == 100_000
        assert begin_try(refund, at=NOW + timedelta(days=1)) is None
        # WeChat Pay says later that it took it on all the same: a person must look.
        for status in ("PROCESSING", "ABNORMAL", "SUCCESS", "SUCCESS", "CLOSED"):
            record_refund_fact(refund, fact_of(refund, status), by=HOUSE, at=NOW)
        keys = list(Alarm.objects.order_by("pk").values_list("key", flat=True))
        assert keys == [
            f"refund_refused:{refund.number}",
            f"refund_differs:{refund.number}:PROCESSING",
            f"refund_abnormal:{refund.number}",
            f"refund_differs:{refund.number}:SUCCESS",
        ]
        assert postings(refund) == [RESERVED, RELEASED]
        assert all(result.holds for result in check_ledger())

    def test_not_while_a_request_may_have_arrived(self, desk: Desk, payment: Payment) -> None:
        refund = begun(approved(desk, payment))
        record_no_answer(refund, Rejected(400, "INVALID_REQUEST"), was_asked=True, at=NOW)
        refund = begun(refund, NOW + timedelta(minutes=2))
        record_no_answer(refund, Unknown(Why.NO_ANSWER), was_asked=True, at=NOW)
        with pytest.raises(Refused) as refused:
            release_refund_to_source(refund, by=desk.manager, at=NOW)
        assert refused.value.code == "not_refused"
        refund.refresh_from_db()
        assert (refund.state, postings(refund)) == ("approved", [RESERVED])


@pytest.mark.django_db(transaction=True)
def test_two_clerks_refund_the_last_thousand_at_once(desk: Desk, payment: Payment) -> None:
    works: list[Callable[[], RefundToSource]] = [partial(draft, desk, payment, 100_000)] * 2
    outcomes = at_once(works)
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused == ["refund_above_left"]
    own = RefundToSource.objects.filter(payment=payment)
    assert own.count() == 1
