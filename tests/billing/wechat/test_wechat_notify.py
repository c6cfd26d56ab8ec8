"""The failure cases of the callback, each against the simulator in a process of its own."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import DatabaseError, connection
from pytest_django.live_server_helper import LiveServer

from billing import tasks
from billing.ledger.balances import ContractBalance, contract_balance
from billing.models import (
    Alarm,
    Attempt,
    Bill,
    Method,
    Payment,
    PaymentIntent,
    ProviderEvent,
    Receipt,
    Transfer,
)
from billing.payments.intents import create_intent
from billing.wechat.attempts import start_wechat_payment
from billing.wechat.merchants import wechat_pay
from billing.wechat.wechat_calls import place_order, query_attempt, sweep_attempts
from customers.models import Account, SupplyContract
from office.actors import Actor
from tests.clock import present
from tests.patience import wait_for
from tests.wechat_world import WechatWorld

pytestmark = pytest.mark.django_db(transaction=True)

BY = Actor.customer("test")
FAIL = {"code": "FAIL", "message": "失败"}


@pytest.fixture
def order(transactional_db: None, bill: Bill, live_site: LiveServer) -> Attempt:
    """An order of 2,058.48 yuan waiting to be paid."""
    return an_order(bill)


def an_order(bill: Bill) -> Attempt:
    at = present()
    intent = create_intent(bill.contract, [bill], by=BY, at=at)
    attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=BY, at=at)
    return place_order(attempt, at=at)


def paid_once(attempt: Attempt) -> None:
    """The one posting, the receipt, the settled bill."""
    wait_for(Payment.objects.exists)
    wait_for(lambda: not ProviderEvent.objects.filter(verdict="received").exists())
    payment = Payment.objects.get()
    assert payment.amount_fen == attempt.amount_fen == 205848
    assert contract_balance(SupplyContract.objects.get()) == ContractBalance(0, 0)
    assert Transfer.objects.filter(kind="payment").count() == 1
    assert Receipt.objects.get().amount_fen == 205848
    attempt.refresh_from_db()
    assert attempt.state == "paid"
    assert PaymentIntent.objects.get(pk=attempt.intent_id).state == "paid"


def nothing_kept() -> None:
    assert not ProviderEvent.objects.exists()
    assert not Payment.objects.exists()
    assert not Alarm.objects.exists()


def pay_and_wait(world: WechatWorld, attempt: Attempt, **how: Any) -> None:
    world.pay(attempt.number, **how)
    wait_for(
        lambda: (
            ProviderEvent.objects.filter(out_trade_no=attempt.number)
            .exclude(verdict="received")
            .exists()
        )
    )


class TestWechatNotify:
    def test_books_a_payment(self, order: Attempt, wechat_world: WechatWorld) -> None:
        pay_and_wait(wechat_world, order)
        paid_once(order)
        event = ProviderEvent.objects.get()
        assert event.verdict == "booked"
        assert set(event.headers) == {
            "Wechatpay-Timestamp",
            "Wechatpay-Nonce",
            "Wechatpay-Signature",
            "Wechatpay-Serial",
            "Wechatpay-Signature-Type",
        }

    def test_same_callback_twice(self, order: Attempt, wechat_world: WechatWorld) -> None:
        """Case 1."""
        pay_and_wait(wechat_world, order)
        assert wechat_world.deliver(order.number, times=2) == ["204", "204"]
        paid_once(order)
        assert ProviderEvent.objects.count() == 1

    def test_twenty_at_once_with_query_and_sweep(
        self, order: Attempt, wechat_world: WechatWorld
    ) -> None:
        """Case 2."""
        wechat_world.plan("callback", "lose")
        wechat_world.pay(order.number)
        wait_for(lambda: wechat_world.deliveries()[-1]["state"] == "LOST")
        Attempt.objects.update(next_query_at=present())

        def work(turn: int) -> list[str]:
            try:
                if turn == 0:
                    return wechat_world.deliver(order.number, times=20, parallel=True)
                if turn == 1:
                    query_attempt(Attempt.objects.get(pk=order.pk), at=present())
                else:
                    sweep_attempts(at=present())
                return []
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as crowd:
            answers = [answer for part in crowd.map(work, range(3)) for answer in part]
        assert answers == ["204"] * 20
        paid_once(order)
        assert ProviderEvent.objects.count() == 1

    def test_new_event_id_for_the_same_transaction(
        self, order: Attempt, wechat_world: WechatWorld
    ) -> None:
        """Case 3."""
        pay_and_wait(wechat_world, order)
        assert wechat_world.deliver(order.number, new_event_id=True) == ["204"]
        paid_once(order)
        verdicts = ProviderEvent.objects.order_by("pk").values_list("verdict", flat=True)
        assert list(verdicts) == ["booked", "repeated"]

    @pytest.mark.parametrize("delta", [1, -1, 100_000])
    def test_another_amount_goes_to_suspense(
        self, order: Attempt, wechat_world: WechatWorld, delta: int
    ) -> None:
        """Case 12."""
        wechat_world.plan("callback", "alter", total_delta_fen=delta)
        pay_and_wait(wechat_world, order)
        payment = Payment.objects.get()
        assert (payment.amount_fen, payment.in_suspense) == (205848 + delta, True)
        assert contract_balance(SupplyContract.objects.get()) == ContractBalance(205848, 0)
        assert not Receipt.objects.exists()
        assert Alarm.objects.get().kind == "amount_differs"

    @pytest.mark.parametrize(
        "change",
        [
            {"mchid": "1900000000"},
            {"appid": "wx0000000000000000"},
            {"out_trade_no": "HTUNKNOWN0001"},
            {"amount": {"total": 205848, "payer_total": 205848, "currency": "USD"}},
        ],
    )
    def test_misdirected_books_nothing(
        self, order: Attempt, wechat_world: WechatWorld, change: dict[str, Any]
    ) -> None:
        """Case 13."""
        wechat_world.plan("callback", "alter", set=change)
        wechat_world.pay(order.number)
        wait_for(lambda: ProviderEvent.objects.exclude(verdict="received").exists())
        assert ProviderEvent.objects.get().verdict == "alarmed"
        assert Alarm.objects.get().kind == "misdirected_payment"
        assert not Payment.objects.exists()

    def test_a_coupon_is_not_an_underpayment(
        self, order: Attempt, wechat_world: WechatWorld
    ) -> None:
        """Case 14."""
        pay_and_wait(wechat_world, order, coupon_fen=500)
        paid_once(order)

    @pytest.mark.parametrize("fault", ["bad_signature", "unknown_serial", "stale", "probe"])
    def test_what_proves_nothing_leaves_nothing(
        self, order: Attempt, wechat_world: WechatWorld, fault: str
    ) -> None:
        """Cases 15, 16, 17."""
        wechat_world.plan("callback", fault)
        wechat_world.pay(order.number)
        wait_for(lambda: wechat_world.deliveries()[-1]["attempts"] == 1)
        assert wechat_world.deliveries()[-1]["last_answer"] == "401"
        nothing_kept()

    def test_a_genuine_one_replayed_within_its_window_books_once(
        self, order: Attempt, wechat_world: WechatWorld, live_site: LiveServer
    ) -> None:
        """Case 16."""
        pay_and_wait(wechat_world, order)
        event = ProviderEvent.objects.get()
        body = bytes(event.body)
        answer = httpx.post(notify(live_site), content=body, headers=event.headers)
        assert (answer.status_code, answer.content) == (204, b"")
        paid_once(order)
        late = {**event.headers, "Wechatpay-Timestamp": "1700000000"}
        answer = httpx.post(notify(live_site), content=body, headers=late)
        assert (answer.status_code, answer.json()) == (401, FAIL)

    @pytest.mark.parametrize(
        ("method", "content", "headers", "status"),
        [
            ("GET", b"", {}, 405),
            ("PUT", b"{}", {}, 405),
            ("POST", b"", {}, 401),
            ("POST", b"{}", {}, 401),
            ("POST", b"<xml><return_code>SUCCESS</return_code></xml>", {}, 401),
            ("POST", b"x" * 2_000_000, {}, 413),
            ("POST", b"{}", {"Wechatpay-Serial": "x", "Wechatpay-Signature": "\xff"}, 401),
            (
                "POST",
                b"{}",
                {
                    "Wechatpay-Serial": "x",
                    "Wechatpay-Signature": base64.b64encode(b"forged").decode(),
                    "Wechatpay-Nonce": "n",
                    "Wechatpay-Timestamp": "99999999999999",
                },
                401,
            ),
        ],
    )
    def test_strangers_are_told_nothing(
        self,
        live_site: LiveServer,
        wechat_world: WechatWorld,
        method: str,
        content: bytes,
        headers: dict[str, str],
        status: int,
    ) -> None:
        """Case 15: no trace, and no call to anybody for a forged request."""
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        answer = httpx.request(method, notify(live_site), content=content, headers=raw)
        assert (answer.status_code, answer.json()) == (status, FAIL)
        nothing_kept()

    def test_wrong_apiv3_key_then_the_right_one(
        self, order: Attempt, wechat_world: WechatWorld
    ) -> None:
        """Case 19."""
        line = wechat_pay()
        good = line.merchant
        line.merchant = replace(good, apiv3_key="0" * 32)
        wechat_world.pay(order.number)
        wait_for(lambda: wechat_world.deliveries()[-1]["attempts"] == 1)
        assert wechat_world.deliveries()[-1]["last_answer"] == "500"
        assert Alarm.objects.get().kind == "apiv3_key_wrong"
        assert not ProviderEvent.objects.exists()
        line.merchant = good
        assert wechat_world.deliver(order.number) == ["204"]
        paid_once(order)

    def test_both_keys_are_believed_during_the_switch(
        self, order: Attempt, wechat_world: WechatWorld
    ) -> None:
        """Case 20."""
        wechat_world.settle(callback_key="alternate")
        pay_and_wait(wechat_world, order)
        assert wechat_world.deliver(order.number, times=4) == ["204"] * 4
        paid_once(order)

    def test_database_down_before_the_commit(
        self, order: Attempt, wechat_world: WechatWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Case 22: no 2xx; WeChat's repeat books once."""

        def gone(*args: object, **kwargs: object) -> None:
            raise DatabaseError("the server is gone")

        with monkeypatch.context() as broken:
            broken.setattr("billing.wechat.notify.store_notification", gone)
            wechat_world.pay(order.number)
            wait_for(lambda: wechat_world.deliveries()[-1]["attempts"] == 1)
            assert wechat_world.deliveries()[-1]["last_answer"] == "500"
        assert not ProviderEvent.objects.exists()
        assert wechat_world.deliver(order.number) == ["204"]
        paid_once(order)

    def test_stopped_after_the_commit(
        self, order: Attempt, wechat_world: WechatWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Case 23: the inbox's own task finishes it."""

        deaths: list[int] = []

        def killed(*args: object, **kwargs: object) -> None:
            deaths.append(1)
            raise RuntimeError("killed")

        with monkeypatch.context() as broken:
            broken.setattr("billing.wechat.notify.try_event", killed)
            wechat_world.pay(order.number)
            wait_for(lambda: wechat_world.deliveries()[-1]["state"] == "DONE")
            wait_for(lambda: bool(deaths))
        assert ProviderEvent.objects.get().verdict == "received"
        assert not Payment.objects.exists()
        assert tasks.process_waiting_events() == 1
        paid_once(order)
        assert tasks.process_waiting_events() == 0

    def test_the_day_is_the_day_of_the_payment(
        self, order: Attempt, wechat_world: WechatWorld
    ) -> None:
        """Case 35: paid at 23:59:58, notified after midnight."""
        wechat_world.plan("callback", "alter", set={"success_time": "2026-01-05T23:59:58+08:00"})
        pay_and_wait(wechat_world, order)
        assert f"{Payment.objects.get().business_date}" == "2026-01-05"

    def test_a_paid_fact_without_its_figures_is_set_aside(
        self, order: Attempt, wechat_world: WechatWorld
    ) -> None:
        wechat_world.plan("callback", "alter", set={"success_time": "soon"})
        pay_and_wait(wechat_world, order)
        assert ProviderEvent.objects.get().verdict == "refused"
        assert Alarm.objects.get().kind == "unreadable_notification"
        assert not Payment.objects.exists()

    def test_a_refund_blocks_its_money(self, order: Attempt, wechat_world: WechatWorld) -> None:
        pay_and_wait(wechat_world, order)
        paid_once(order)
        wechat_world.refund(order.number, 100)
        refunds = ProviderEvent.objects.filter(event_type="REFUND.SUCCESS", verdict="booked")
        wait_for(refunds.exists)
        assert Alarm.objects.get().kind == "refund_notification"
        assert contract_balance(SupplyContract.objects.get()) == ContractBalance(100, 0, 100)

    def test_callback_before_our_answer_was_kept(
        self, transactional_db: None, bill: Bill, live_site: LiveServer, wechat_world: WechatWorld
    ) -> None:
        """Case 5."""
        wechat_world.plan("native", "drop_after")
        attempt = an_order(bill)
        assert attempt.state == "unknown"
        pay_and_wait(wechat_world, attempt)
        paid_once(attempt)

    def test_two_codes_both_paid(
        self, order: Attempt, bill: Bill, wechat_world: WechatWorld
    ) -> None:
        """Case 7: the second is an advance."""
        second = an_order(bill)
        pay_and_wait(wechat_world, order)
        pay_and_wait(wechat_world, second)
        assert contract_balance(bill.contract) == ContractBalance(0, 205848)
        assert Payment.objects.count() == Receipt.objects.count() == 2

    def test_paid_after_it_was_given_up(self, order: Attempt, wechat_world: WechatWorld) -> None:
        """Case 10."""
        Attempt.objects.update(state="closed", expires_at=present() - timedelta(hours=1))
        pay_and_wait(wechat_world, order)
        paid_once(order)


class TestSweepAttempts:
    def test_finds_a_payment_whose_callback_was_lost(
        self, order: Attempt, wechat_world: WechatWorld
    ) -> None:
        """Case 4."""
        wechat_world.plan("callback", "lose")
        wechat_world.pay(order.number)
        assert sweep_attempts(at=present()) == 0
        assert sweep_attempts(at=present() + timedelta(seconds=6)) == 1
        paid_once(order)
        assert sweep_attempts(at=present() + timedelta(hours=1)) == 0

    def test_closes_what_nobody_paid(self, order: Attempt, wechat_world: WechatWorld) -> None:
        sweep_attempts(at=present() + timedelta(minutes=31))
        order.refresh_from_db()
        assert order.state == "closed"

    def test_order_parameters_hold_no_secret(self, order: Attempt) -> None:
        assert json.dumps(order.parameters, ensure_ascii=False) == (
            f'{{"description": "供热费 户号{Account.objects.get().number}"}}'
        )


def notify(site: LiveServer) -> str:
    return f"{site.url}/wechatpay/notify"
