"""Refunds to source against the simulator over HTTP: no funds, silence, kills, every end."""

from datetime import timedelta

import pytest
from pytest_django.live_server_helper import LiveServer

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import (
    Alarm,
    Attempt,
    ChannelDay,
    Method,
    Payment,
    RefundToSource,
    ReportedRefund,
    Transfer,
)
from billing.payments.intents import create_intent
from billing.reconciliation.channel_days import reconcile_wechat_day
from billing.refunds.to_source import approve_refund_to_source, draft_refund_to_source
from billing.wechat.attempts import start_wechat_payment
from billing.wechat.merchants import wechat_pay
from billing.wechat.own_refunds import begin_try, record_refund_fact, sweep_refunds
from billing.wechat.wechat_calls import place_order, query_attempt
from billing.wechatpay.facts import RefundFact
from billing.wechatpay.outcomes import Accepted
from billing.wechatpay.refunds import RefundRequest
from office.actors import Actor
from office.calendar import business_date
from tests.billing.adjustments.desk import Desk
from tests.builders import a_company, a_contract, a_customer, an_account
from tests.clock import present
from tests.patience import wait_for
from tests.wechat_world import WechatWorld

pytestmark = pytest.mark.django_db(transaction=True)
HOUSE = Actor.system("test")


def paid_ahead(world: WechatWorld) -> Payment:
    """1,000.00 yuan paid ahead at the simulator, its callback booked."""
    contract = a_contract(an_account(a_company()), a_customer(a_company()))
    by, at = Actor.customer("test"), present()
    intent = create_intent(contract, [], amount_fen=100_000, by=by, at=at)
    attempt: Attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=by, at=at)
    place_order(attempt, at=at)
    world.pay(attempt.number)
    wait_for(lambda: Payment.objects.filter(attempt=attempt).exists())
    return Payment.objects.get(attempt=attempt)


def approved(desk: Desk, payment: Payment, amount_fen: int) -> RefundToSource:
    at = present()
    refund = draft_refund_to_source(
        payment, amount_fen, reason="多缴退回", source="用户申请", by=desk.clerk, at=at
    )
    return approve_refund_to_source(refund, by=desk.manager, at=at)


def try_again(refund: RefundToSource) -> None:
    """Sweeps at the moment for which the refund is planned."""
    refund.refresh_from_db()
    assert refund.next_try_at is not None
    assert sweep_refunds(at=refund.next_try_at - timedelta(seconds=1)) == 0
    assert sweep_refunds(at=refund.next_try_at) == 1


def state_of(refund: RefundToSource) -> str:
    refund.refresh_from_db()
    return refund.state


def ask_and_die(refund: RefundToSource) -> RefundFact:
    """A worker that is killed after WeChat Pay has answered and before it writes that down."""
    begun_refund = begin_try(refund, at=present())
    assert begun_refund is not None
    request = RefundRequest(
        refund.number, refund.payment.transaction_id, refund.amount_fen, 100_000, refund.reason
    )
    answer = wechat_pay().ask_refund(request)
    assert isinstance(answer, Accepted)
    return answer.value


def repaid() -> list[int]:
    """What has left the channel, in fen, in the order of the postings."""
    postings = Transfer.objects.filter(kind="repaid", credit=LedgerAccount.WECHAT)
    return list(postings.order_by("pk").values_list("amount_fen", flat=True))


def books_hold(payment: Payment, *, advance_fen: int, blocked_fen: int) -> bool:
    balance = contract_balance(payment.heat_contract)
    assert (balance.advance_fen, balance.refund_blocked_fen) == (advance_fen, blocked_fen)
    return all(result.holds for result in check_ledger())


class TestTryRefund:
    def test_without_funds_it_is_asked_for_the_next_morning_under_its_number(
        self, desk: Desk, live_site: LiveServer, wechat_world: WechatWorld
    ) -> None:
        payment = paid_ahead(wechat_world)
        wechat_world.settle(funds="none")
        refund = approved(desk, payment, 60_000)
        number = refund.number
        assert sweep_refunds(at=present()) == 1
        assert (state_of(refund), refund.error_code, refund.tries) == ("approved", "NOT_ENOUGH", 1)
        assert refund.next_try_at is not None
        assert business_date(refund.next_try_at) == business_date(present()) + timedelta(days=1)
        assert books_hold(payment, advance_fen=40_000, blocked_fen=60_000)
        wechat_world.settle(funds="enough")
        try_again(refund)
        wait_for(lambda: state_of(refund) == "paid")
        assert (refund.number, refund.tries, repaid()) == (number, 2, [60_000])
        assert not Alarm.objects.exists()
        # The order is REFUND at WeChat Pay now: paid all the same, and nothing more is blocked.
        assert payment.attempt is not None
        query_attempt(payment.attempt, at=present())
        assert not ReportedRefund.objects.exists()
        assert books_hold(payment, advance_fen=40_000, blocked_fen=0)

    def test_a_lost_answer_is_queried_before_anything_is_asked_again(
        self, desk: Desk, live_site: LiveServer, wechat_world: WechatWorld
    ) -> None:
        payment = paid_ahead(wechat_world)
        wechat_world.plan("refund", "drop_after")
        wechat_world.plan("callback", "lose")
        refund = approved(desk, payment, 100_000)
        assert sweep_refunds(at=present()) == 1
        assert (state_of(refund), refund.error_code) == ("approved", "no_answer")
        assert books_hold(payment, advance_fen=0, blocked_fen=100_000)
        # A second request would meet this fault.
        wechat_world.plan("refund", "error_before")
        try_again(refund)
        assert (state_of(refund), repaid()) == ("paid", [100_000])
        assert wechat_world.planned() == ["error_before"]
        assert books_hold(payment, advance_fen=0, blocked_fen=0)

    def test_kills_callbacks_before_the_commit_and_every_end(
        self, desk: Desk, live_site: LiveServer, wechat_world: WechatWorld
    ) -> None:
        payment = paid_ahead(wechat_world)
        assert payment.attempt is not None
        wechat_world.settle(refund_ends="processing")
        # Success is told by callback, three times more, and only then comes our own answer.
        early = approved(desk, payment, 10_000)
        answer = ask_and_die(early)
        assert (answer.status, state_of(early)) == ("PROCESSING", "approved")
        wechat_world.end_refund(early.number, "SUCCESS")
        wait_for(lambda: state_of(early) == "paid")
        answers = wechat_world.deliver(payment.attempt.number, times=3, new_event_id=True)
        assert answers == ["204"] * 3
        record_refund_fact(early, answer, by=HOUSE, at=present())
        assert (state_of(early), repaid()) == ("paid", [10_000])
        # A worker was killed after the call: the next one queries.
        killed = approved(desk, payment, 20_000)
        ask_and_die(killed)
        wechat_world.plan("refund", "error_before")
        try_again(killed)
        assert (state_of(killed), killed.tries) == ("processing", 2)
        assert wechat_world.planned() == ["error_before"]
        wechat_world.http.delete("/_faults")
        # The bank refuses it: its money stays blocked, a person is alarmed, and it comes after all.
        wechat_world.end_refund(killed.number, "ABNORMAL")
        wait_for(lambda: state_of(killed) == "abnormal")
        assert Alarm.objects.get().kind == "refund_abnormal"
        assert books_hold(payment, advance_fen=70_000, blocked_fen=20_000)
        wechat_world.end_refund(killed.number, "SUCCESS")
        wait_for(lambda: state_of(killed) == "paid")
        # Closed: its money is an advance again, and goes back under a new number.
        closed = approved(desk, payment, 70_000)
        sweep_refunds(at=present())
        assert state_of(closed) == "processing"
        wechat_world.end_refund(closed.number, "CLOSED")
        wait_for(lambda: state_of(closed) == "closed")
        assert books_hold(payment, advance_fen=70_000, blocked_fen=0)
        wechat_world.settle(refund_ends="success")
        again = approved(desk, payment, 70_000)
        assert again.number != closed.number
        sweep_refunds(at=present())
        wait_for(lambda: state_of(again) == "paid")
        assert repaid() == [10_000, 20_000, 70_000]
        assert books_hold(payment, advance_fen=0, blocked_fen=0)


class TestReconciledRefunds:
    def test_the_bill_agrees_with_a_refund_of_ours_whose_end_nobody_told(
        self, desk: Desk, live_site: LiveServer, wechat_world: WechatWorld
    ) -> None:
        payment = paid_ahead(wechat_world)
        wechat_world.settle(refund_ends="processing")
        refund = approved(desk, payment, 30_000)
        sweep_refunds(at=present())
        wechat_world.plan("callback", "lose")
        wechat_world.end_refund(refund.number, "SUCCESS")
        assert state_of(refund) == "processing"
        wechat_world.settle(bill_ready="now")
        try:
            next_day = present() + timedelta(days=1)
            reconcile_wechat_day(business_date(present()), by=HOUSE, at=next_day)
        finally:
            wechat_world.settle(bill_ready="next_morning")
        assert (state_of(refund), repaid()) == ("paid", [30_000])
        day = ChannelDay.objects.get(company=payment.company)
        assert (day.refunded_fen, day.gap_fen, day.open_count) == (30_000, 0, 0)
        difference = day.differences.get()
        assert (difference.kind, difference.gone_at) == ("refund_unknown", next_day)
        assert not ReportedRefund.objects.exists()
        assert books_hold(payment, advance_fen=70_000, blocked_fen=0)
