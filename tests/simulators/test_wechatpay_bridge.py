"""A customer page in Chromium pays through the bridge, under the security headers Django sends."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Route

from billing.wechatpay import Accepted, Order, WechatPay
from simulators.wechatpay.server import Simulator

PAGE = """<!doctype html><meta charset="utf-8"><title>我的账单</title>
<button>微信支付</button><p id="heard"></p>
<script type="application/json" id="parameters">{parameters}</script>
<script src="{bridge}"></script><script src="/pay.js"></script>"""
SCRIPT = """document.querySelector("button").onclick = function () {
  var parameters = JSON.parse(document.getElementById("parameters").textContent);
  WeixinJSBridge.invoke("getBrandWCPayRequest", parameters, function (answer) {
    document.getElementById("heard").textContent = answer.err_msg;
  });
};"""


@pytest.fixture
def customer_page(
    simulator: Simulator, wechat: WechatPay, order: Order
) -> Iterator[Callable[..., str]]:
    """Serve one page of our own for an order; returns its address."""
    pages: dict[str, str] = {"/pay.js": SCRIPT}

    class Slot(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            kind = "text/javascript" if self.path == "/pay.js" else "text/html; charset=utf-8"
            policy = f"default-src 'self'; script-src 'self' {simulator.url};"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Content-Security-Policy", f"{policy} frame-src {simulator.url}")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slot)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(number: str, **change: str) -> str:
        placed = wechat.place_jsapi_order(replace(order, out_trade_no=number), "oUpF8uMuAJO")
        assert isinstance(placed, Accepted)
        parameters = json.dumps(wechat.jsapi_parameters(placed.value) | change)
        bridge = f"{simulator.url}/jsapi-bridge.js"
        pages[f"/{number}"] = PAGE.format(parameters=parameters, bridge=bridge)
        return f"http://127.0.0.1:{server.server_port}/{number}"

    yield serve
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    yield page
    page.close()


class TestBridge:
    def test_pay_cancel_walk_away_and_a_forged_call(
        self, customer_page: Callable[..., str], phone: Page, wechat: WechatPay
    ) -> None:
        for number, button, link, heard, state in (
            ("HEATBRIDGE01", "支付", "完成", "get_brand_wcpay_request:ok", "SUCCESS"),
            ("HEATBRIDGE02", "取消", "", "get_brand_wcpay_request:cancel", "NOTPAY"),
            ("HEATBRIDGE03", "走开", "", "", "NOTPAY"),
            ("HEATBRIDGE04", "", "完成", "get_brand_wcpay_request:fail", "NOTPAY"),
        ):
            change = {} if button else {"paySign": "AAAA"}
            phone.goto(customer_page(number, **change))
            phone.click("button")
            sheet = phone.frame_locator("iframe")
            if button:
                sheet.get_by_role("button", name=button, exact=True).click()
            if link:
                sheet.get_by_role("link", name=link).click()
            phone.locator("iframe").wait_for(state="detached")
            assert phone.inner_text("#heard") == heard
            fact = wechat.query_by_out_trade_no(number)
            assert isinstance(fact, Accepted)
            assert fact.value.trade_state == state

    def test_done_cannot_be_pressed_before_it_closes_the_sheet(
        self, customer_page: Callable[..., str], phone: Page
    ) -> None:
        """Followed as a plain link it led to the list of orders and the sheet stayed."""
        scripts: list[Route] = []
        phone.goto(customer_page("HEATBRIDGE05"))
        phone.click("button")
        sheet = phone.frame_locator("iframe")
        pay = sheet.get_by_role("button", name="支付", exact=True)
        pay.wait_for()
        phone.route("**/pages/payer.js", lambda route: scripts.append(route))
        pay.click()
        sheet.get_by_text("支付成功").wait_for()
        assert not sheet.locator("a.done").is_visible()
        scripts[0].continue_()
        sheet.get_by_role("link", name="完成").click()
        phone.locator("iframe").wait_for(state="detached")
        assert phone.inner_text("#heard") == "get_brand_wcpay_request:ok"
