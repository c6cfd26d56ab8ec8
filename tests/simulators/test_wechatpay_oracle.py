"""A client nobody here wrote gets along with the simulator: `wechatpayv3` in public-key mode."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from wechatpayv3 import WeChatPay as IndependentClient
from wechatpayv3 import WeChatPayType

from billing.wechatpay import Accepted, Merchant, WechatPay
from simulators.wechatpay.keys import public_pem
from simulators.wechatpay.server import Simulator

Control = Callable[..., Any]
pytestmark = pytest.mark.filterwarnings("default::ResourceWarning")


@pytest.fixture
def oracle(simulator: Simulator, merchant: Merchant) -> Any:
    keys = simulator.world.keys
    client = IndependentClient(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=merchant.mchid,
        private_key=merchant.private_key_pem,
        cert_serial_no=merchant.serial,
        apiv3_key=merchant.apiv3_key,
        appid=merchant.appid,
        notify_url=merchant.notify_url,
        public_key=public_pem(keys.public_key),
        public_key_id=keys.public_key_id,
    )
    client._core._gate_way = simulator.url
    return client


class TestIndependentClient:
    def test_place_query_close(self, oracle: Any) -> None:
        status, body = oracle.pay("采暖费", "ORACLE000001", {"total": 100, "currency": "CNY"})
        assert status == 200
        assert json.loads(body)["code_url"].startswith("weixin://wxpay/bizpayurl?pr=")
        status, body = oracle.query(out_trade_no="ORACLE000001")
        assert (status, json.loads(body)["trade_state"]) == (200, "NOTPAY")
        assert oracle.close("ORACLE000001")[0] == 204
        status, body = oracle.query(out_trade_no="ORACLE000001")
        assert (status, json.loads(body)["trade_state"]) == (200, "CLOSED")

    def test_both_clients_see_the_same_payment(
        self, oracle: Any, wechat: WechatPay, control: Control
    ) -> None:
        oracle.pay(
            "采暖费",
            "ORACLE000002",
            {"total": 100, "currency": "CNY"},
            payer={"openid": "oUpF8uMuAJO"},
            pay_type=WeChatPayType.JSAPI,
        )
        control("/_pay", {"out_trade_no": "ORACLE000002"})
        status, body = oracle.query(out_trade_no="ORACLE000002")
        ours = wechat.query_by_out_trade_no("ORACLE000002")
        assert isinstance(ours, Accepted)
        assert (status, json.loads(body)) == (200, json.loads(ours.value.raw))
        assert oracle.close("ORACLE000002")[0] == 400

    def test_it_believes_and_opens_our_callback(
        self, oracle: Any, wechat: WechatPay, control: Control, letter_box: Any, eventually: Any
    ) -> None:
        opened: list[Any] = []
        receive = letter_box.receive

        def receive_with_both(headers: dict[str, str], body: bytes) -> int:
            opened.append(oracle.callback(headers, body))
            return int(receive(headers, body))

        letter_box.receive = receive_with_both
        oracle.pay("采暖费", "ORACLE000003", {"total": 268050, "currency": "CNY"})
        control("/_pay", {"out_trade_no": "ORACLE000003"})
        eventually(lambda: len(letter_box.arrived) == 1)
        assert opened[0]["event_type"] == "TRANSACTION.SUCCESS"
        assert opened[0]["resource"] == json.loads(letter_box.arrived[0].plaintext)
        assert opened[0]["resource"]["amount"]["total"] == 268050

    def test_it_signs_a_page_call_the_simulator_accepts(
        self, oracle: Any, simulator: Simulator, merchant: Merchant
    ) -> None:
        _, body = oracle.pay(
            "采暖费",
            "ORACLE000004",
            {"total": 100},
            payer={"openid": "oUpF8uMuAJO"},
            pay_type=WeChatPayType.JSAPI,
        )
        package = f"prepay_id={json.loads(body)['prepay_id']}"
        signature = oracle.sign([merchant.appid, "1794706200", "NONCE", package])
        parameters = {
            "appId": merchant.appid,
            "timeStamp": "1794706200",
            "nonceStr": "NONCE",
            "package": package,
            "signType": "RSA",
            "paySign": signature,
        }
        opened = httpx.get(f"{simulator.url}/jsapi/pay", params=parameters, trust_env=False)
        assert opened.status_code == 302

    def test_it_refuses_a_bad_signature_too(self, oracle: Any, control: Control) -> None:
        control("/_faults", {"on": "query", "fault": "bad_signature"})
        oracle.pay("采暖费", "ORACLE000005", {"total": 100})
        with pytest.raises(Exception, match="failed to verify"):
            oracle.query(out_trade_no="ORACLE000005")

    def test_the_bill(self, oracle: Any, control: Control) -> None:
        control("/_settings", {"bill_ready": "now"})
        status, body = oracle.trade_bill("2026-01-01")
        assert (status, json.loads(body)["code"]) == (400, "NO_STATEMENT_EXIST")
