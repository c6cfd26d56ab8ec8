"""Our client and the simulator over real HTTP, when nothing goes wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from billing.wechatpay import (
    Accepted,
    Merchant,
    Order,
    RefundFact,
    Rejected,
    TransactionFact,
    WechatPay,
    production_faults,
)
from simulators.wechatpay.server import Simulator
from tests.clock import present

Connect = Callable[..., WechatPay]
Control = Callable[..., Any]
Eventually = Callable[[Callable[[], bool]], None]
TODAY = present() + timedelta(hours=8)


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Accepted)
    return str(outcome.value).rpartition("=")[2]


def fact_of(outcome: object) -> TransactionFact:
    assert isinstance(outcome, Accepted)
    assert isinstance(outcome.value, TransactionFact)
    return outcome.value


class TestPlaceOrder:
    def test_an_order_is_open_and_can_be_asked_for(self, wechat: WechatPay, order: Order) -> None:
        code_url = wechat.place_native_order(order)
        assert isinstance(code_url, Accepted)
        assert code_url.value.startswith("weixin://wxpay/bizpayurl?pr=")
        fact = fact_of(wechat.query_by_out_trade_no(order.out_trade_no))
        assert (fact.trade_state, fact.total_fen, fact.is_paid) == ("NOTPAY", 268050, False)

    def test_the_same_order_again_gets_a_fresh_code_and_the_old_one_is_dead(
        self, simulator: Simulator, wechat: WechatPay, order: Order
    ) -> None:
        old = code_of(wechat.place_native_order(order))
        new = code_of(wechat.place_native_order(order))
        assert old != new
        assert httpx.get(f"{simulator.url}/payer/{old}", trust_env=False).status_code == 404
        assert httpx.get(f"{simulator.url}/payer/{new}", trust_env=False).status_code == 200

    def test_another_amount_under_the_same_number_is_refused(
        self, wechat: WechatPay, order: Order
    ) -> None:
        wechat.place_native_order(order)
        for other in (replace(order, total_fen=1), replace(order, description="别的")):
            refused = Rejected(403, "OUT_TRADE_NO_USED", "商户订单号重复")
            assert wechat.place_native_order(other) == refused
        outcome = wechat.place_jsapi_order(order, "oUpF8uMuAJO")
        assert outcome == Rejected(403, "OUT_TRADE_NO_USED", "商户订单号重复")
        assert fact_of(wechat.query_by_out_trade_no(order.out_trade_no)).total_fen == 268050

    def test_a_strange_appid_and_a_strange_host_are_refused(
        self, connect: Connect, order: Order
    ) -> None:
        for change, code in (
            ({"appid": "wx0"}, "APPID_MCHID_NOT_MATCH"),
            ({"notify_url": "https://elsewhere.example/notify"}, "PARAM_ERROR"),
        ):
            outcome = connect(change).place_native_order(order)
            assert isinstance(outcome, Rejected)
            assert (outcome.status, outcome.code) == (400, code)

    def test_somebody_elses_key_is_refused(
        self, connect: Connect, order: Order, simulator: Simulator
    ) -> None:
        other_key = (simulator.merchant_file.parent / "platform_key.pem").read_text()
        for change in ({"private_key_pem": other_key}, {"mchid": "1"}, {"serial": "A" * 40}):
            outcome = connect(change).place_native_order(order)
            assert isinstance(outcome, Rejected)
            assert (outcome.status, outcome.code) == (401, "SIGN_ERROR")
            assert not outcome.is_clock_error
        assert isinstance(connect().query_by_out_trade_no(order.out_trade_no), Rejected)

    def test_an_unsigned_request_is_refused_without_a_signature(self, simulator: Simulator) -> None:
        answer = httpx.get(f"{simulator.url}/v3/certificates", trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
        assert not any(name.startswith("wechatpay") for name in answer.headers)

    def test_both_trust_modes_are_answered_in_kind(
        self, connect: Connect, merchant: Merchant, order: Order
    ) -> None:
        for serial in merchant.trusted:
            only = connect({"trusted": {serial: merchant.trusted[serial]}})
            assert isinstance(only.place_native_order(order), Accepted)

    def test_production_refuses_this_merchant(self, merchant: Merchant) -> None:
        faults = production_faults(merchant)
        assert sum("key of the simulator" in fault for fault in faults) == 3


class TestClose:
    def test_closing_is_final_and_repeatable(self, wechat: WechatPay, order: Order) -> None:
        wechat.place_native_order(order)
        assert wechat.close(order.out_trade_no) == Accepted(None)
        assert wechat.close(order.out_trade_no) == Accepted(None)
        assert fact_of(wechat.query_by_out_trade_no(order.out_trade_no)).trade_state == "CLOSED"
        assert wechat.place_native_order(order) == Rejected(400, "ORDER_CLOSED", "该订单已关闭")

    def test_a_paid_order_stays_paid(
        self, wechat: WechatPay, order: Order, control: Control
    ) -> None:
        wechat.place_native_order(order)
        control("/_pay", {"out_trade_no": order.out_trade_no})
        assert wechat.close(order.out_trade_no) == Rejected(400, "ORDER_PAID", "该订单已支付")
        assert fact_of(wechat.query_by_out_trade_no(order.out_trade_no)).is_paid

    def test_an_unknown_order(self, wechat: WechatPay) -> None:
        refused = Rejected(404, "ORDER_NOT_EXIST", "订单不存在")
        assert wechat.close("HEAT00000000") == refused
        assert wechat.query_by_out_trade_no("HEAT00000000") == refused


class TestPay:
    def test_callback_and_both_queries_tell_the_same_fact(
        self,
        wechat: WechatPay,
        order: Order,
        control: Control,
        letter_box: Any,
        eventually: Eventually,
    ) -> None:
        wechat.place_native_order(order)
        control("/_pay", {"out_trade_no": order.out_trade_no, "coupon_fen": 1000})
        eventually(lambda: len(letter_box.arrived) == 1)
        fact = letter_box.arrived[0].fact
        assert (fact.total_fen, fact.payer_total_fen) == (268050, 267050)
        assert abs((present() - fact.success_time).total_seconds()) < 10
        assert fact_of(wechat.query_by_out_trade_no(order.out_trade_no)) == fact
        assert fact_of(wechat.query_by_transaction_id(fact.transaction_id)) == fact
        assert len(letter_box.arrived[0].event_id) == 36

    def test_paying_twice_is_refused(
        self, wechat: WechatPay, order: Order, control: Control, simulator: Simulator
    ) -> None:
        wechat.place_native_order(order)
        control("/_pay", {"out_trade_no": order.out_trade_no})
        body = {"out_trade_no": order.out_trade_no}
        again = httpx.post(f"{simulator.url}/_pay", json=body, trust_env=False)
        assert (again.status_code, again.json()["code"]) == (400, "ORDER_PAID")
        assert len(control("/_deliveries")["deliveries"]) == 1

    def test_a_refund_in_the_console_is_told_and_the_order_is_still_paid(
        self,
        wechat: WechatPay,
        order: Order,
        control: Control,
        letter_box: Any,
        eventually: Eventually,
    ) -> None:
        wechat.place_native_order(order)
        control("/_pay", {"out_trade_no": order.out_trade_no})
        control("/_refund", {"out_trade_no": order.out_trade_no, "refund_fen": 50})
        eventually(lambda: len(letter_box.arrived) == 2)
        facts = [arrived.fact for arrived in letter_box.arrived]
        (refund,) = [fact for fact in facts if isinstance(fact, RefundFact)]
        assert (refund.refund_fen, refund.total_fen, refund.status) == (50, 268050, "SUCCESS")
        fact = fact_of(wechat.query_by_out_trade_no(order.out_trade_no))
        assert (fact.trade_state, fact.is_paid) == ("REFUND", True)


class TestSelfTests:
    def test_echo(self, wechat: WechatPay) -> None:
        assert wechat.echo("采暖") == Accepted("采暖")

    def test_certificates(self, connect: Connect, merchant: Merchant) -> None:
        outcome = connect({"trusted": {}}).refresh_certificates()
        assert isinstance(outcome, Accepted)
        ((serial, pem),) = outcome.value.items()
        assert merchant.trusted[serial] == pem

    def test_a_probe_on_the_certificates_is_asked_again(
        self, wechat: WechatPay, control: Control
    ) -> None:
        control("/_faults", {"on": "certificates", "fault": "probe"})
        assert isinstance(wechat.refresh_certificates(), Accepted)

    def test_a_merchant_with_only_the_public_key(self, wechat: WechatPay, control: Control) -> None:
        control("/_settings", {"certificates": "gone"})
        outcome = wechat.refresh_certificates()
        assert isinstance(outcome, Rejected)
        assert (outcome.status, outcome.code) == (404, "RESOURCE_NOT_EXISTS")


class TestTradeBill:
    @pytest.fixture
    def traded(self, wechat: WechatPay, order: Order, control: Control) -> date:
        for number, fen in (("HEATBILL0001", 100000), ("HEATBILL0002", 55)):
            named_order = replace(
                order, out_trade_no=number, total_fen=fen, description="采暖费,含税"
            )
            wechat.place_native_order(named_order)
            control("/_pay", {"out_trade_no": number})
        control("/_refund", {"out_trade_no": "HEATBILL0001", "refund_fen": 50000})
        return TODAY.date()

    def test_the_day_is_not_over(self, wechat: WechatPay, traded: date) -> None:
        outcome = wechat.download_trade_bill(traded)
        assert isinstance(outcome, Rejected)
        assert outcome.code == "STATEMENT_CREATING"

    def test_a_day_without_trade(self, wechat: WechatPay) -> None:
        outcome = wechat.download_trade_bill(date(2026, 1, 1))
        assert isinstance(outcome, Rejected)
        assert outcome.code == "NO_STATEMENT_EXIST"

    def test_payments_and_the_refund(
        self, wechat: WechatPay, traded: date, control: Control
    ) -> None:
        control("/_settings", {"bill_ready": "now"})
        outcome = wechat.download_trade_bill(traded)
        assert isinstance(outcome, Accepted)
        rows = {(row.out_trade_no, row.trade_state): row for row in outcome.value.rows}
        assert len(rows) == len(outcome.value.rows) == 3
        paid, refunded = rows["HEATBILL0001", "SUCCESS"], rows["HEATBILL0001", "REFUND"]
        assert (paid.total_fen, paid.fee_millifen) == (100000, 600000)
        assert (refunded.refund_fen, refunded.fee_millifen) == (50000, -300000)
        assert paid.columns["商品名称"] == "采暖费\\ 含税"
        fact = fact_of(wechat.query_by_out_trade_no("HEATBILL0001"))
        assert (paid.transaction_id, paid.traded_at) == (fact.transaction_id, fact.success_time)

    @pytest.mark.parametrize(
        ("row", "count"), [("missing", 2), ("twice", 4), ("extra", 4), ("amount", 3)]
    )
    def test_altered_rows_still_add_up(
        self, wechat: WechatPay, traded: date, control: Control, row: str, count: int
    ) -> None:
        control("/_settings", {"bill_ready": "now"})
        control("/_faults", {"on": "bill", "fault": "alter_bill", "row": row})
        outcome = wechat.download_trade_bill(traded)
        assert isinstance(outcome, Accepted)
        assert len(outcome.value.rows) == count

    @pytest.mark.parametrize("row", ["summary", "hash"])
    def test_a_bill_that_contradicts_itself_is_refused(
        self, wechat: WechatPay, traded: date, control: Control, row: str
    ) -> None:
        control("/_settings", {"bill_ready": "now"})
        control("/_faults", {"on": "bill", "fault": "alter_bill", "row": row})
        assert not isinstance(wechat.download_trade_bill(traded), Accepted)
        assert isinstance(wechat.download_trade_bill(traded), Accepted)


class TestMerchantFile:
    def test_it_names_every_page(self, simulator: Simulator) -> None:
        details = json.loads(simulator.merchant_file.read_text())
        assert details["payer_url"] == f"{simulator.url}/payer/"
        assert details["jsapi_bridge_url"] == f"{simulator.url}/jsapi-bridge.js"
        assert set(details["trusted"]) == {details["public_key_id"], details["platform_serial"]}
        assert simulator.merchant_file.stat().st_mode & 0o077 == 0
