"""Every fault the simulator can play, and how our client comes out of it."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from billing.wechatpay import (
    Accepted,
    Distrust,
    Notification,
    NotTrusted,
    Order,
    Rejected,
    TransactionFact,
    Unknown,
    WechatPay,
    Why,
)
from simulators.wechatpay.server import Simulator
from tests.clock import present

Control = Callable[..., Any]
Eventually = Callable[[Callable[[], bool]], None]


def states(control: Control) -> dict[str, str]:
    return {row["out_trade_no"]: row["state"] for row in control("/_orders")["orders"]}


class TestApiFaults:
    @pytest.mark.parametrize(
        ("fault", "outcome", "processed"),
        [
            ("drop_before", Unknown(Why.NO_ANSWER, "RemoteProtocolError"), False),
            ("drop_after", Unknown(Why.NO_ANSWER, "RemoteProtocolError"), True),
            ("error_before", Unknown(Why.SERVER_ERROR, "SYSTEM_ERROR"), False),
            ("error_after", Unknown(Why.SERVER_ERROR, "SYSTEM_ERROR"), True),
            ("unsigned", Unknown(Why.NOT_TRUSTED, Distrust.UNSIGNED), True),
            ("bad_signature", Unknown(Why.NOT_TRUSTED, Distrust.BAD_SIGNATURE), True),
            ("unknown_serial", Unknown(Why.NOT_TRUSTED, Distrust.UNKNOWN_SERIAL), True),
            ("stale", Unknown(Why.NOT_TRUSTED, Distrust.STALE), True),
        ],
    )
    def test_a_lost_prepay_is_unknown_and_repeating_it_heals(
        self,
        wechat: WechatPay,
        order: Order,
        control: Control,
        fault: str,
        outcome: Unknown,
        processed: bool,
    ) -> None:
        control("/_faults", {"on": "native", "fault": fault})
        assert wechat.place_native_order(order) == outcome
        assert (order.out_trade_no in states(control)) is processed
        assert isinstance(wechat.place_native_order(order), Accepted)
        assert states(control) == {order.out_trade_no: "NOTPAY"}

    def test_a_probe_leaves_no_unknown(
        self, wechat: WechatPay, order: Order, control: Control
    ) -> None:
        control("/_faults", {"on": "any", "fault": "probe"})
        assert isinstance(wechat.place_native_order(order), Accepted)
        control("/_faults", {"on": "query", "fault": "probe"})
        assert isinstance(wechat.query_by_out_trade_no(order.out_trade_no), Accepted)
        control("/_faults", {"on": "close", "fault": "probe", "times": 2})
        outcome = wechat.close(order.out_trade_no)
        assert outcome == Unknown(Why.NOT_TRUSTED, Distrust.PROBE)
        assert control("/_faults")["faults"] == []

    @pytest.mark.parametrize(
        ("status", "code", "outcome"),
        [
            (429, "FREQUENCY_LIMITED", Unknown(Why.BUSY, "FREQUENCY_LIMITED")),
            (403, "NO_AUTH", Rejected(403, "NO_AUTH", "模拟的错误")),
        ],
    )
    def test_a_planned_error_code(
        self,
        wechat: WechatPay,
        order: Order,
        control: Control,
        status: int,
        code: str,
        outcome: object,
    ) -> None:
        control(
            "/_faults", {"on": "native", "fault": "error_before", "status": status, "code": code}
        )
        assert wechat.place_native_order(order) == outcome

    def test_a_delay_longer_than_our_patience(
        self, connect: Callable[..., WechatPay], order: Order, control: Control
    ) -> None:
        control("/_faults", {"on": "native", "fault": "delay", "milliseconds": 1500})
        hasty = connect(timeout_seconds=1)
        assert hasty.place_native_order(order) == Unknown(Why.NO_ANSWER, "ReadTimeout")

    @pytest.mark.parametrize("seconds", [-360, 360])
    def test_a_clock_six_minutes_off(
        self, wechat: WechatPay, order: Order, control: Control, seconds: int
    ) -> None:
        control("/_faults", {"fault": "clock_offset", "seconds": seconds})
        outcome = wechat.place_native_order(order)
        assert isinstance(outcome, Rejected)
        assert outcome.is_clock_error
        assert outcome.clock_drift_seconds is not None
        assert abs(outcome.clock_drift_seconds + seconds) <= 2

    def test_our_own_clock_six_minutes_off(
        self, connect: Callable[..., WechatPay], order: Order
    ) -> None:
        early = connect(clock=lambda: present() + timedelta(minutes=6))
        outcome = early.place_native_order(order)
        assert isinstance(outcome, Rejected)
        assert outcome.is_clock_error

    def test_a_fault_that_could_never_happen_is_refused(self, simulator: Simulator) -> None:
        for body in (
            {"on": "native", "fault": "lose"},
            {"on": "callback", "fault": "drop_after"},
            {"on": "nowhere", "fault": "drop_after"},
            {"on": "native", "fault": "drop_after", "times": 0},
        ):
            answer = httpx.post(f"{simulator.url}/_faults", json=body, trust_env=False)
            assert answer.status_code == 400
        assert httpx.get(f"{simulator.url}/_faults", trust_env=False).json()["faults"] == []

    def test_faults_are_cleared_together_with_the_clock(
        self, simulator: Simulator, control: Control
    ) -> None:
        control("/_faults", {"on": "native", "fault": "drop_after", "times": 5})
        control("/_faults", {"fault": "clock_offset", "seconds": 999})
        assert httpx.delete(f"{simulator.url}/_faults", trust_env=False).status_code == 204
        assert control("/_faults") == {"faults": [], "clock_offset": 0}


class TestCallbackFaults:
    @pytest.fixture
    def pay(self, wechat: WechatPay, order: Order, control: Control) -> Callable[[], None]:
        def pay() -> None:
            assert isinstance(wechat.place_native_order(order), Accepted)
            control("/_pay", {"out_trade_no": order.out_trade_no})

        return pay

    @pytest.mark.parametrize(
        ("fault", "why"),
        [
            ("probe", Distrust.PROBE),
            ("bad_signature", Distrust.BAD_SIGNATURE),
            ("unknown_serial", Distrust.UNKNOWN_SERIAL),
            ("stale", Distrust.STALE),
        ],
    )
    def test_an_unbelievable_callback_is_refused_and_comes_again(
        self,
        pay: Callable[[], None],
        control: Control,
        letter_box: Any,
        eventually: Eventually,
        fault: str,
        why: Distrust,
    ) -> None:
        control("/_faults", {"on": "callback", "fault": fault})
        pay()
        eventually(lambda: len(letter_box.arrived) == 2)
        refused, believed = letter_box.arrived
        assert isinstance(refused, NotTrusted)
        assert refused.why == why
        assert isinstance(believed, Notification)

    def test_a_lost_callback_never_comes_and_the_query_knows(
        self,
        pay: Callable[[], None],
        wechat: WechatPay,
        order: Order,
        control: Control,
        letter_box: Any,
        eventually: Eventually,
    ) -> None:
        control("/_faults", {"on": "callback", "fault": "lose"})
        pay()
        eventually(lambda: control("/_deliveries")["deliveries"][0]["state"] == "LOST")
        assert letter_box.arrived == []
        outcome = wechat.query_by_out_trade_no(order.out_trade_no)
        assert isinstance(outcome, Accepted)
        assert outcome.value.is_paid

    def test_a_duplicated_callback_has_one_event_id(
        self, pay: Callable[[], None], control: Control, letter_box: Any, eventually: Eventually
    ) -> None:
        control("/_faults", {"on": "callback", "fault": "duplicate", "count": 3})
        pay()
        eventually(lambda: len(letter_box.arrived) == 3)
        assert len({arrived.event_id for arrived in letter_box.arrived}) == 1

    def test_an_altered_amount_is_genuinely_signed(
        self,
        pay: Callable[[], None],
        wechat: WechatPay,
        order: Order,
        control: Control,
        letter_box: Any,
        eventually: Eventually,
    ) -> None:
        altered = {"total_delta_fen": -1, "set": {"mchid": "1999999999"}}
        control("/_faults", {"on": "callback", "fault": "alter"} | altered)
        pay()
        eventually(lambda: len(letter_box.arrived) == 1)
        fact = letter_box.arrived[0].fact
        assert isinstance(fact, TransactionFact)
        assert (fact.total_fen, fact.mchid) == (268049, "1999999999")
        outcome = wechat.query_by_out_trade_no(order.out_trade_no)
        assert isinstance(outcome, Accepted)
        assert outcome.value.total_fen == 268050

    def test_the_keys_alternate_during_a_switch_and_both_are_believed(
        self, pay: Callable[[], None], control: Control, letter_box: Any, eventually: Eventually
    ) -> None:
        control("/_settings", {"callback_key": "alternate"})
        pay()
        eventually(lambda: len(letter_box.arrived) == 1)
        control("/_deliver", {"out_trade_no": "HEAT20261115A", "times": 3})
        assert all(isinstance(arrived, Notification) for arrived in letter_box.arrived)
        assert len(set(letter_box.serials)) == 2
        assert letter_box.serials[0] == letter_box.serials[2] != letter_box.serials[1]

    def test_twenty_at_once_under_new_event_ids(
        self, pay: Callable[[], None], control: Control, letter_box: Any, eventually: Eventually
    ) -> None:
        pay()
        eventually(lambda: len(letter_box.arrived) == 1)
        again = {"out_trade_no": "HEAT20261115A", "times": 20, "parallel": True}
        answers = control("/_deliver", again | {"new_event_id": True})["answers"]
        assert answers == ["204"] * 20
        assert len({arrived.event_id for arrived in letter_box.arrived}) == 21
        assert len({arrived.fact.transaction_id for arrived in letter_box.arrived}) == 1

    @pytest.mark.parametrize("status", [201, 302, 400, 500])
    def test_only_200_and_204_end_the_repeats(
        self,
        pay: Callable[[], None],
        control: Control,
        letter_box: Any,
        eventually: Eventually,
        status: int,
    ) -> None:
        letter_box.status = status
        pay()
        eventually(lambda: len(letter_box.arrived) >= 3)
        letter_box.status = 200
        eventually(lambda: control("/_deliveries")["deliveries"][0]["state"] == "DONE")
        settled = len(letter_box.arrived)
        time.sleep(0.3)
        assert len(letter_box.arrived) == settled
        assert len({arrived.event_id for arrived in letter_box.arrived}) == 1
