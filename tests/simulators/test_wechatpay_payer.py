"""The payer's phone, the page bridge and OAuth, as a browser and a customer page use them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from billing.wechatpay import Accepted, Merchant, Order, TransactionFact, WechatPay
from simulators.wechatpay.server import Simulator
from tests.clock import present

Control = Callable[..., Any]


@pytest.fixture
def phone(simulator: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=simulator.url, trust_env=False, follow_redirects=True) as phone:
        yield phone


@pytest.fixture
def code(wechat: WechatPay, order: Order) -> str:
    placed = wechat.place_native_order(order)
    assert isinstance(placed, Accepted)
    return placed.value.rpartition("=")[2]


def state(wechat: WechatPay, order: Order) -> TransactionFact:
    outcome = wechat.query_by_out_trade_no(order.out_trade_no)
    assert isinstance(outcome, Accepted)
    return outcome.value


class TestPayerSheet:
    def test_it_shows_merchant_goods_and_amount(self, phone: httpx.Client, code: str) -> None:
        page = phone.get(f"/payer/{code}").text
        for shown in ("城市供热有限公司", "采暖费 3号楼", "2,680.50", "HEAT20261115A"):
            assert shown in page
        for button in ("支付", "取消", "走开"):
            assert f">{button}</button>" in page
        for name in ("payer.css", "payer.js"):
            assert phone.get(f"/pages/{name}").status_code == 200

    def test_paying(self, phone: httpx.Client, code: str, wechat: WechatPay, order: Order) -> None:
        page = phone.post(f"/payer/{code}", data={"action": "pay"}).text
        assert "支付成功" in page
        fact = state(wechat, order)
        assert fact.is_paid
        assert fact.openid == phone.cookies["simulated_openid"]

    @pytest.mark.parametrize(("action", "words"), [("cancel", "已取消支付"), ("leave", "你离开了")])
    def test_cancelling_and_walking_away_leave_the_order_open(
        self,
        phone: httpx.Client,
        code: str,
        wechat: WechatPay,
        order: Order,
        action: str,
        words: str,
    ) -> None:
        assert words in phone.post(f"/payer/{code}", data={"action": action}).text
        assert state(wechat, order).trade_state == "NOTPAY"

    def test_a_closed_order_cannot_be_paid(
        self, phone: httpx.Client, code: str, wechat: WechatPay, order: Order
    ) -> None:
        wechat.close(order.out_trade_no)
        assert "订单已关闭" in phone.get(f"/payer/{code}").text
        answer = phone.post(f"/payer/{code}", data={"action": "pay"})
        assert (answer.status_code, "订单已关闭" in answer.text) == (400, True)
        assert state(wechat, order).trade_state == "CLOSED"

    def test_after_two_hours_the_code_is_dead_and_after_its_expiry_the_order(
        self, phone: httpx.Client, wechat: WechatPay, order: Order, control: Control
    ) -> None:
        long = replace(order, time_expire=present() + timedelta(days=1))
        placed = wechat.place_native_order(long)
        assert isinstance(placed, Accepted)
        code = placed.value.rpartition("=")[2]
        control("/_faults", {"fault": "clock_offset", "seconds": 7200})
        assert "二维码已失效" in phone.get(f"/payer/{code}").text
        control("/_faults", {"fault": "clock_offset", "seconds": 90000})
        assert "订单已过期" in phone.get(f"/payer/{code}").text
        assert "待支付" in phone.get("/payer/").text
        assert code not in phone.get("/payer/").text

    def test_what_the_merchant_wrote_is_text_and_not_a_page(
        self, phone: httpx.Client, wechat: WechatPay, order: Order
    ) -> None:
        placed = wechat.place_native_order(replace(order, description="<script>1</script>$x"))
        assert isinstance(placed, Accepted)
        for path in ("/payer/", f"/payer/{placed.value.rpartition('=')[2]}"):
            page = phone.get(path).text
            assert "<script>1" not in page
            assert "&lt;script&gt;1&lt;/script&gt;$x" in page

    def test_open_orders_are_listed(self, phone: httpx.Client, code: str) -> None:
        assert f'href="/payer/{code}"' in phone.get("/").text


class TestJsapi:
    OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"

    @pytest.fixture
    def prepay_id(self, wechat: WechatPay, order: Order) -> str:
        placed = wechat.place_jsapi_order(order, self.OPENID)
        assert isinstance(placed, Accepted)
        return placed.value

    def test_a_signed_call_opens_the_sheet_and_the_named_payer_pays(
        self, phone: httpx.Client, wechat: WechatPay, order: Order, prepay_id: str
    ) -> None:
        answer = phone.get("/jsapi/pay", params=wechat.jsapi_parameters(prepay_id))
        assert answer.url.path == f"/payer/{prepay_id}"
        assert answer.url.query == b"embedded=1"
        paid = phone.post(str(answer.url), data={"action": "pay"})
        assert 'data-result="ok"' in paid.text
        fact = state(wechat, order)
        assert (fact.is_paid, fact.trade_type, fact.openid) == (True, "JSAPI", self.OPENID)

    @pytest.mark.parametrize(
        "change", [{"paySign": "AAAA"}, {"timeStamp": "1"}, {"signType": "MD5"}, {"appId": "wx"}]
    )
    def test_any_other_call_is_refused(
        self,
        phone: httpx.Client,
        wechat: WechatPay,
        order: Order,
        prepay_id: str,
        change: dict[str, str],
    ) -> None:
        parameters = wechat.jsapi_parameters(prepay_id) | change
        answer = phone.get("/jsapi/pay", params=parameters)
        assert answer.status_code in (400, 403)
        assert 'data-result="fail"' in answer.text
        assert state(wechat, order).trade_state == "NOTPAY"

    def test_another_wechat_user_cannot_pay_it(
        self, simulator: Simulator, prepay_id: str, order: Order
    ) -> None:
        body = {"out_trade_no": order.out_trade_no, "openid": "oSomebodyElse"}
        answer = httpx.post(f"{simulator.url}/_pay", json=body, trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_THIS_PAYER")

    def test_the_bridge_knows_where_it_came_from(
        self, simulator: Simulator, phone: httpx.Client
    ) -> None:
        script = phone.get("/jsapi-bridge.js")
        assert script.headers["Content-Type"].startswith("text/javascript")
        assert f'var origin = "{simulator.url}";' in script.text


class TestOauth:
    def authorize(self, phone: httpx.Client, merchant: Merchant, **change: str) -> httpx.Response:
        query = {
            "appid": merchant.appid,
            "redirect_uri": "http://127.0.0.1:8000/my/pay?bill=1",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": "s t",
        }
        where = "/connect/oauth2/authorize"
        return phone.get(where, params=query | change, follow_redirects=False)

    def test_a_code_buys_the_same_openid_once(
        self, phone: httpx.Client, merchant: Merchant, simulator: Simulator
    ) -> None:
        openids = set()
        for _ in range(2):
            back = urlsplit(self.authorize(phone, merchant).headers["Location"])
            address_fields = parse_qs(back.query)
            assert (back.netloc, back.path) == ("127.0.0.1:8000", "/my/pay")
            assert (address_fields["bill"], address_fields["state"]) == (["1"], ["s t"])
            query = {
                "appid": merchant.appid,
                "secret": simulator.world.keys.appsecret,
                "code": address_fields["code"][0],
                "grant_type": "authorization_code",
            }
            body = phone.get("/sns/oauth2/access_token", params=query).json()
            assert body["scope"] == "snsapi_base"
            openids.add(body["openid"])
            again = phone.get("/sns/oauth2/access_token", params=query).json()
            assert again["errcode"] == 40029
            wrong = phone.get("/sns/oauth2/access_token", params=query | {"secret": "x"}).json()
            assert wrong["errcode"] == 40125
        assert len(openids) == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"redirect_uri": "https://elsewhere.example/"},
            {"redirect_uri": "javascript:alert(1)"},
            {"scope": "snsapi_userinfo"},
            {"appid": "wx0"},
        ],
    )
    def test_nobody_is_sent_elsewhere(
        self, phone: httpx.Client, merchant: Merchant, change: dict[str, str]
    ) -> None:
        answer = self.authorize(phone, merchant, **change)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
