"""What goes out to WeChat Pay, byte for byte, and how each kind of answer ends."""

import json
import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from billing.wechatpay import (
    Accepted,
    Distrust,
    Merchant,
    Order,
    Rejected,
    TransactionFact,
    Trust,
    Unknown,
    WechatPay,
    Why,
    production_faults,
)

NOW = datetime(2026, 11, 15, 1, 30, tzinfo=UTC)
CODE_URL = "weixin://wxpay/bizpayurl?pr=JyC91EIz1"


class TestPlaceNativeOrder:
    def test_the_bytes_signed_are_the_bytes_sent(
        self, wechat: WechatPay, tenpay: Any, order: Order, merchant: Merchant
    ) -> None:
        tenpay.will_say({"code_url": CODE_URL})
        assert wechat.place_native_order(order) == Accepted(CODE_URL)
        (request,) = tenpay.requests
        assert str(request.url) == "https://api.mch.weixin.qq.com/v3/pay/transactions/native"
        assert json.loads(request.content) == {
            "appid": "wxd678efh567hg6787",
            "mchid": "1900007291",
            "notify_url": "https://heating.example/payments/wechat/notify",
            "description": "采暖费 3号楼",
            "out_trade_no": "HEAT20261115A",
            "time_expire": "2026-11-15T11:30:00+08:00",
            "amount": {"total": 268050, "currency": "CNY"},
        }
        assert "采暖费 3号楼".encode() in request.content
        scheme, _, rest = request.headers["Authorization"].partition(" ")
        fields = dict(re.findall(r'(\w+)="([^"]+)"', rest))
        assert scheme == "WECHATPAY2-SHA256-RSA2048"
        assert fields.pop("timestamp") == str(int(NOW.timestamp()))
        message = (
            b"POST\n/v3/pay/transactions/native\n1794706200\n593BEC0C930BF1AFEB40B4A08C8FB242\n"
            + request.content
            + b"\n"
        )
        tenpay.merchant_key.public_key().verify(
            b64decode(fields.pop("signature")), message, padding.PKCS1v15(), SHA256()
        )
        assert fields == {
            "mchid": "1900007291",
            "nonce_str": "593BEC0C930BF1AFEB40B4A08C8FB242",
            "serial_no": merchant.serial,
        }
        assert request.headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_")
        assert request.headers["Accept"] == "application/json"
        assert request.headers["Content-Type"] == "application/json"
        assert request.headers["User-Agent"]

    def test_the_same_order_is_always_the_same_bytes(
        self, wechat: WechatPay, tenpay: Any, order: Order
    ) -> None:
        tenpay.will_say({"code_url": CODE_URL})
        tenpay.will_say({"code_url": CODE_URL})
        wechat.place_native_order(order)
        wechat.place_native_order(order)
        first, second = tenpay.requests
        assert first.content == second.content

    def test_an_unsigned_200_is_unknown(self, wechat: WechatPay, tenpay: Any, order: Order) -> None:
        tenpay.will_say_unsigned({"code_url": CODE_URL}, status=200)
        assert wechat.place_native_order(order) == Unknown(Why.NOT_TRUSTED, Distrust.UNSIGNED)
        assert len(tenpay.requests) == 1

    @pytest.mark.parametrize(
        ("header", "value", "why"),
        [
            ("Wechatpay_Signature", "AAAA", Distrust.BAD_SIGNATURE),
            ("Wechatpay_Signature", "no base64 at all!", Distrust.BAD_SIGNATURE),
            ("Wechatpay_Serial", "0" * 40, Distrust.UNKNOWN_SERIAL),
            ("Wechatpay_Timestamp", "1794705900", Distrust.STALE),
            ("Wechatpay_Signature_Type", "WECHATPAY2-SM2-WITH-SM3", Distrust.SIGNATURE_TYPE),
        ],
    )
    def test_a_badly_signed_200_is_unknown_and_not_repeated(
        self, wechat: WechatPay, tenpay: Any, order: Order, header: str, value: str, why: Distrust
    ) -> None:
        tenpay.will_say({"code_url": CODE_URL}, **{header: value})
        assert wechat.place_native_order(order) == Unknown(Why.NOT_TRUSTED, why)
        assert len(tenpay.requests) == 1

    def test_a_probe_is_asked_again_once(
        self, wechat: WechatPay, tenpay: Any, order: Order
    ) -> None:
        tenpay.will_say({"code_url": CODE_URL}, Wechatpay_Signature="WECHATPAY/SIGNTEST/abc=")
        tenpay.will_say({"code_url": CODE_URL})
        assert wechat.place_native_order(order) == Accepted(CODE_URL)
        first, second = tenpay.requests
        assert first.content == second.content

    def test_two_probes_leave_it_unknown(
        self, wechat: WechatPay, tenpay: Any, order: Order
    ) -> None:
        for _ in range(2):
            tenpay.will_say({"code_url": CODE_URL}, Wechatpay_Signature="WECHATPAY/SIGNTEST/abc=")
        assert wechat.place_native_order(order) == Unknown(Why.NOT_TRUSTED, Distrust.PROBE)
        assert len(tenpay.requests) == 2

    def test_a_signed_answer_without_a_code_is_unknown(
        self, wechat: WechatPay, tenpay: Any, order: Order
    ) -> None:
        tenpay.will_say({"prepay_id": "wx1"})
        assert wechat.place_native_order(order) == Unknown(Why.UNREADABLE, "code_url is missing")

    @pytest.mark.parametrize(
        ("status", "code", "outcome"),
        [
            (403, "OUT_TRADE_NO_USED", Rejected(403, "OUT_TRADE_NO_USED", "说明")),
            (400, "PARAM_ERROR", Rejected(400, "PARAM_ERROR", "说明")),
            (429, "FREQUENCY_LIMITED", Unknown(Why.BUSY, "FREQUENCY_LIMITED")),
            (500, "SYSTEM_ERROR", Unknown(Why.SERVER_ERROR, "SYSTEM_ERROR")),
            (302, "", Unknown(Why.UNEXPECTED_STATUS, "302")),
            (202, "", Unknown(Why.UNEXPECTED_STATUS, "202")),
        ],
    )
    def test_other_statuses(
        self, wechat: WechatPay, tenpay: Any, order: Order, status: int, code: str, outcome: object
    ) -> None:
        tenpay.will_say_unsigned({"code": code, "message": "说明"}, status=status)
        assert wechat.place_native_order(order) == outcome
        assert len(tenpay.requests) == 1

    @pytest.mark.parametrize(
        ("failure", "why"),
        [
            (httpx.ConnectError("refused"), Why.NOT_SENT),
            (httpx.ConnectTimeout("slow"), Why.NOT_SENT),
            (httpx.ReadTimeout("slow"), Why.NO_ANSWER),
            (httpx.RemoteProtocolError("closed"), Why.NO_ANSWER),
        ],
    )
    def test_no_answer_is_unknown_and_not_repeated(
        self, wechat: WechatPay, tenpay: Any, order: Order, failure: Exception, why: Why
    ) -> None:
        tenpay.will_fail(failure)
        assert wechat.place_native_order(order) == Unknown(why, type(failure).__name__)
        assert len(tenpay.requests) == 1

    def test_our_clock_six_minutes_ahead_is_told_apart(
        self, wechat: WechatPay, tenpay: Any, order: Order
    ) -> None:
        theirs = format_datetime(NOW - timedelta(minutes=6), usegmt=True)
        tenpay.will_say_unsigned({"code": "SIGN_ERROR"}, status=401, Date=theirs)
        outcome = wechat.place_native_order(order)
        assert outcome == Rejected(401, "SIGN_ERROR", "", clock_drift_seconds=360)
        assert isinstance(outcome, Rejected)
        assert outcome.is_clock_error

    @pytest.mark.parametrize("date_header", ["", "nonsense", "Sun, 15 Nov 2026 01:30:04 GMT"])
    def test_a_wrong_signature_is_no_clock_error(
        self, wechat: WechatPay, tenpay: Any, order: Order, date_header: str
    ) -> None:
        tenpay.will_say_unsigned({"code": "SIGN_ERROR"}, status=401, Date=date_header)
        outcome = wechat.place_native_order(order)
        assert outcome == Rejected(401, "SIGN_ERROR", "", None)


class TestPlaceJsapiOrder:
    def test_the_payer_is_named(self, wechat: WechatPay, tenpay: Any, order: Order) -> None:
        tenpay.will_say({"prepay_id": "wx201410272009395522657a690389285100"})
        outcome = wechat.place_jsapi_order(order, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
        assert outcome == Accepted("wx201410272009395522657a690389285100")
        request_body = json.loads(tenpay.requests[0].content)
        assert request_body["payer"] == {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}

    def test_the_page_parameters_are_signed_with_the_merchants_key(
        self, wechat: WechatPay, tenpay: Any
    ) -> None:
        parameters = wechat.jsapi_parameters("wx2014")
        signature = b64decode(parameters.pop("paySign"))
        assert parameters == {
            "appId": "wxd678efh567hg6787",
            "timeStamp": "1794706200",
            "nonceStr": "593BEC0C930BF1AFEB40B4A08C8FB242",
            "package": "prepay_id=wx2014",
            "signType": "RSA",
        }
        message = (
            b"wxd678efh567hg6787\n1794706200\n593BEC0C930BF1AFEB40B4A08C8FB242\nprepay_id=wx2014\n"
        )
        tenpay.merchant_key.public_key().verify(signature, message, padding.PKCS1v15(), SHA256())


class TestQuery:
    def test_a_paid_order(self, wechat: WechatPay, tenpay: Any, paid: dict[str, Any]) -> None:
        tenpay.will_say(paid)
        outcome = wechat.query_by_out_trade_no("HEAT20261115A")
        assert str(tenpay.requests[0].url).endswith(
            "/v3/pay/transactions/out-trade-no/HEAT20261115A?mchid=1900007291"
        )
        assert tenpay.requests[0].content == b""
        assert isinstance(outcome, Accepted)
        fact = outcome.value
        assert fact.is_paid
        assert (fact.total_fen, fact.payer_total_fen, fact.currency) == (268050, 267050, "CNY")
        assert fact.success_time == datetime(2026, 11, 15, 1, 29, 58, tzinfo=UTC)
        assert fact.openid == "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
        assert "oUpF8" not in repr(fact)

    def test_by_transaction_id(self, wechat: WechatPay, tenpay: Any, paid: dict[str, Any]) -> None:
        tenpay.will_say(paid | {"trade_state": "REFUND"})
        outcome = wechat.query_by_transaction_id("4200000925202101284997714292")
        assert isinstance(outcome, Accepted)
        assert outcome.value.is_paid

    def test_an_unpaid_order_has_no_figures(self, wechat: WechatPay, tenpay: Any) -> None:
        order = {"mchid": "1900007291", "appid": "wx1", "out_trade_no": "HEAT20261115A"}
        tenpay.will_say(order | {"trade_state": "NOTPAY"})
        outcome = wechat.query_by_out_trade_no("HEAT20261115A")
        assert outcome == Accepted(
            TransactionFact(
                mchid="1900007291",
                appid="wx1",
                out_trade_no="HEAT20261115A",
                transaction_id="",
                trade_state="NOTPAY",
                trade_type="",
                total_fen=0,
                payer_total_fen=0,
                currency="CNY",
                success_time=None,
                openid="",
                raw=json.dumps(order | {"trade_state": "NOTPAY"}).encode(),
            )
        )

    @pytest.mark.parametrize("other", [{"out_trade_no": "HEAT20261115B"}, {"mchid": "1900007292"}])
    def test_an_answer_about_something_else_is_unknown(
        self, wechat: WechatPay, tenpay: Any, paid: dict[str, Any], other: dict[str, str]
    ) -> None:
        tenpay.will_say(paid | other)
        outcome = wechat.query_by_out_trade_no("HEAT20261115A")
        assert outcome == Unknown(Why.OTHER_ORDER, "the answer speaks of another order")

    @pytest.mark.parametrize("number", ["heat20261115a", "HEAT|1", "HEAT1", "H" * 33, "HEAT/../X"])
    def test_a_number_that_would_change_the_address_is_no_number(
        self, wechat: WechatPay, tenpay: Any, number: str
    ) -> None:
        with pytest.raises(ValueError, match="out_trade_no"):
            wechat.query_by_out_trade_no(number)
        assert tenpay.requests == []


class TestClose:
    def test_a_signed_204_closes(self, wechat: WechatPay, tenpay: Any) -> None:
        tenpay.will_say(None, status=204)
        assert wechat.close("HEAT20261115A") == Accepted(None)
        assert tenpay.requests[0].content == b'{"mchid":"1900007291"}'

    def test_an_unsigned_204_proves_nothing(self, wechat: WechatPay, tenpay: Any) -> None:
        tenpay.answers.append(lambda _: httpx.Response(204))
        assert wechat.close("HEAT20261115A") == Unknown(Why.NOT_TRUSTED, Distrust.UNSIGNED)

    def test_a_paid_order_is_not_closed(self, wechat: WechatPay, tenpay: Any) -> None:
        tenpay.will_say_unsigned({"code": "ORDER_PAID", "message": "已支付"}, status=400)
        assert wechat.close("HEAT20261115A") == Rejected(400, "ORDER_PAID", "已支付")


class TestEcho:
    def test_what_is_echoed_comes_back(self, wechat: WechatPay, tenpay: Any) -> None:
        tenpay.will_say({"echo_message": "供热"})
        assert wechat.echo("供热") == Accepted("供热")


class TestRefreshCertificates:
    def test_a_first_certificate_is_learned_and_asked_for_once(
        self, merchant: Merchant, tenpay: Any
    ) -> None:
        serial = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
        pem = merchant.trusted[serial]
        body = {
            "data": [
                {
                    "serial_no": serial,
                    "encrypt_certificate": tenpay.seal(pem.encode(), "certificate"),
                }
            ]
        }
        content = json.dumps(body).encode()
        signed = tenpay.signed(content, serial=serial)
        tenpay.answers.append(lambda _: httpx.Response(200, content=content, headers=signed))
        bare = Merchant(**{**vars(merchant), "trusted": {}})
        wechat = WechatPay(bare, transport=httpx.MockTransport(tenpay.handle), clock=lambda: NOW)
        assert list(wechat.trust.serials) == []
        assert wechat.refresh_certificates() == Accepted({serial: pem})
        assert list(wechat.trust.serials) == [serial]
        assert "Wechatpay-Serial" not in tenpay.requests[0].headers
        assert isinstance(wechat.refresh_certificates(), Unknown)
        assert len(tenpay.requests) == 1

    def test_a_list_the_certificate_did_not_sign_teaches_nothing(
        self, wechat: WechatPay, tenpay: Any, merchant: Merchant
    ) -> None:
        serial = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
        sealed = tenpay.seal(merchant.trusted[serial].encode(), "certificate")
        certificate_list = {"data": [{"serial_no": "A" * 40, "encrypt_certificate": sealed}]}
        tenpay.will_say(certificate_list, Wechatpay_Signature="AAAA")
        before = wechat.trust.serials
        outcome = wechat.refresh_certificates()
        assert outcome == Unknown(Why.NOT_TRUSTED, Distrust.BAD_SIGNATURE)
        assert wechat.trust.serials == before


class TestOrder:
    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"total_fen": 0}, "fen"),
            ({"total_fen": True}, "fen"),
            ({"total_fen": 1.0}, "fen"),
            ({"description": ""}, "description"),
            ({"description": "热" * 128}, "description"),
            ({"attach": "a" * 129}, "attach"),
            ({"out_trade_no": "HEAT_20261115"}, "out_trade_no"),
            ({"time_expire": NOW.replace(tzinfo=None)}, "aware"),
        ],
    )
    def test_what_wechat_pay_would_refuse_is_no_order(
        self, change: dict[str, Any], word: str
    ) -> None:
        good: dict[str, Any] = {
            "out_trade_no": "HEAT20261115A",
            "total_fen": 1,
            "description": "采暖费",
            "time_expire": NOW,
        }
        assert Order(**good).total_fen == 1
        with pytest.raises(ValueError, match=word):
            Order(**(good | change))


class TestMerchant:
    def test_secrets_stay_out_of_repr(self, merchant: Merchant) -> None:
        assert "PRIVATE KEY" not in repr(merchant)
        assert merchant.apiv3_key not in repr(merchant)

    @pytest.mark.parametrize("key", ["", "a" * 31, "a" * 33, "热" * 32])
    def test_the_apiv3_key_has_32_bytes(self, merchant: Merchant, key: str) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            Merchant(**{**vars(merchant), "apiv3_key": key})

    def test_an_official_merchant_may_start(self, merchant: Merchant) -> None:
        assert production_faults(merchant) == []

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"base_url": "http://api.mch.weixin.qq.com"}, "not an official"),
            ({"base_url": "https://api.mch.weixin.qq.com.evil.example"}, "not an official"),
            ({"base_url": "https://api.mch.weixin.qq.com@evil.example"}, "not an official"),
            ({"base_url": "http://127.0.0.1:8100"}, "not an official"),
            ({"notify_url": "http://heating.example/notify"}, "notify_url"),
            ({"notify_url": "https://heating.example/notify?a=1"}, "notify_url"),
            ({"serial": "53494D554C41544F52000000000000000000AAAA"}, "key of the simulator"),
            ({"trusted": {}}, "no key of WeChat Pay"),
        ],
    )
    def test_production_refuses(
        self, merchant: Merchant, change: dict[str, Any], fault: str
    ) -> None:
        (sentence,) = production_faults(Merchant(**(vars(merchant) | change)))
        assert fault in sentence

    def test_keys_that_are_no_rsa_keys_are_refused(self) -> None:
        with pytest.raises(ValueError, match=r".+"):
            Trust({"X": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"})
