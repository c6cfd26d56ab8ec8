"""The payer's phone: the payment sheet of a code, the list of open orders, the JSAPI bridge."""

import html
import re
import sqlite3
from functools import lru_cache
from pathlib import Path
from string import Template

from simulators.wechatpay.bills import yuan
from simulators.wechatpay.exchange import Answer, Request
from simulators.wechatpay.orders import fresh_openid, order_of_code, pay_order, payability
from simulators.wechatpay.signatures import merchant_signed
from simulators.wechatpay.world import Refusal, World

PAGES = Path(__file__).parent / "pages"
PAYER_COOKIE = "simulated_openid"
BRIDGE_FIELDS = ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")


def payer_list(world: World) -> Answer:
    """Shows the orders that can be paid."""
    orders = world.store.rows(
        "SELECT * FROM orders WHERE state = 'NOTPAY' AND expires_at > ?"
        " ORDER BY placed_at DESC LIMIT 200",
        world.now(),
    )
    items = "".join(_render("order_item", world, order=order) for order in orders)
    return _page("orders", world, items=items or "<p class='nothing'>现在没有待支付的订单</p>")


def payer_sheet(world: World, request: Request, code: str) -> Answer:
    """Shows the payment sheet on GET; on POST plays 支付, 取消 or 走开 and shows the result."""
    embedded = "embedded" if request.query.get("embedded") else ""
    try:
        order = order_of_code(world, code)
        if request.method == "POST":
            return _act(world, request, order, embedded)
    except Refusal as refusal:
        return _result(world, "fail", "无法支付", refusal.message, embedded, status=refusal.status)
    if order["state"] in ("SUCCESS", "REFUND"):
        return _result(world, "ok", "支付成功", "商家会收到支付通知", embedded, order=order)
    refusal_sentence = payability(world, order)
    if refusal_sentence:
        return _result(world, "fail", "无法支付", refusal_sentence, embedded, order=order)
    return _page("sheet", world, order=order, embedded=embedded)


def jsapi_sheet(world: World, request: Request) -> Answer:
    """Opens the sheet for getBrandWCPayRequest, once paySign proves the merchant's wish."""
    parameters = request.query
    try:
        if any(not parameters.get(name) for name in BRIDGE_FIELDS):
            raise Refusal(400, "PARAM_ERROR", "调用支付JSAPI缺少参数：" + "、".join(BRIDGE_FIELDS))
        if parameters["appId"] != world.keys.appid or parameters["signType"] != "RSA":
            raise Refusal(400, "PARAM_ERROR", "appId 或 signType 不正确")
        message = "".join(
            parameters[name] + "\n" for name in ("appId", "timeStamp", "nonceStr", "package")
        ).encode()
        if not merchant_signed(world, message, parameters["paySign"]):
            raise Refusal(403, "SIGN_ERROR", "支付验证签名失败")
        prefix, _, prepay_id = parameters["package"].partition("=")
        if prefix != "prepay_id" or order_of_code(world, prepay_id)["trade_type"] != "JSAPI":
            raise Refusal(400, "PARAM_ERROR", "package 必须是本订单的 prepay_id=…")
    except Refusal as refusal:
        return _result(
            world, "fail", "无法支付", refusal.message, "embedded", status=refusal.status
        )
    return Answer(302, headers={"Location": f"/payer/{prepay_id}?embedded=1"})


def bridge_script(world: World) -> Answer:
    """Returns the script that replaces WeChat's WeixinJSBridge in an ordinary browser."""
    script = (PAGES / "jsapi-bridge.js").read_text().replace("__ORIGIN__", world.public_url)
    return Answer(200, script.encode(), {"Content-Type": "text/javascript; charset=utf-8"})


def page_file(name: str) -> Answer:
    """Returns one of the two files that the pages load themselves."""
    kinds = {"payer.css": "text/css; charset=utf-8", "payer.js": "text/javascript; charset=utf-8"}
    if name not in kinds:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "no such file")
    return Answer(200, (PAGES / name).read_bytes(), {"Content-Type": kinds[name]})


def payer_openid(request: Request) -> tuple[str, dict[str, str]]:
    """Returns the openid of this browser, with the header that stores it in a cookie."""
    cookie_openid = request.cookie(PAYER_COOKIE)
    if re.fullmatch(r"[0-9A-Za-z_-]{10,64}", cookie_openid):
        return cookie_openid, {}
    openid = fresh_openid()
    return openid, {"Set-Cookie": f"{PAYER_COOKIE}={openid}; Path=/; HttpOnly; SameSite=Lax"}


def _act(world: World, request: Request, order: sqlite3.Row, embedded: str) -> Answer:
    """Carries out the payer's choice on the sheet."""
    action = request.form().get("action", "")
    if action == "cancel":
        return _result(
            world, "cancel", "已取消支付", "订单仍然有效，可以重新支付", embedded, order=order
        )
    if action == "leave":
        return _result(
            world, "leave", "你离开了", "没有支付，也没有告诉商家", embedded, order=order
        )
    if action != "pay":
        raise Refusal(400, "PARAM_ERROR", "请选择支付、取消或走开")
    openid, cookie_header = payer_openid(request)
    pay_order(world, order["out_trade_no"], code=order["code"], openid=order["openid"] or openid)
    location = f"/payer/{order['code']}" + ("?embedded=1" if embedded else "")
    return Answer(303, headers={"Location": location} | cookie_header)


def _result(
    world: World,
    result: str,
    title: str,
    sentence: str,
    embedded: str,
    *,
    order: sqlite3.Row | None = None,
    status: int = 200,
) -> Answer:
    """Shows how the payment ended."""
    amount = (
        ""
        if order is None
        else f"<p class='amount'><small>¥</small>{grouped(order['total_fen'])}</p>"
    )
    return _page(
        "result",
        world,
        status=status,
        result=result,
        title=title,
        sentence=sentence,
        embedded=embedded,
        amount_line=amount,
        retry=f"/payer/{order['code']}"
        if order is not None and result in ("cancel", "leave")
        else "",
    )


def grouped(fen: int) -> str:
    """Returns fen as yuan with the thousands separated."""
    whole, _, part = yuan(fen).partition(".")
    return f"{int(whole):,}.{part}"


def _page(
    name: str,
    world: World,
    *,
    status: int = 200,
    order: sqlite3.Row | None = None,
    **values: object,
) -> Answer:
    body = _render(
        "frame",
        world,
        body=_render(name, world, order, **values),
        embedded=values.get("embedded", ""),
    )
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return Answer(status, body.encode(), headers)


def _render(name: str, world: World, order: sqlite3.Row | None = None, **values: object) -> str:
    """Fills a page's template; escapes every value except the fragments that this function made."""
    fragments = {"body", "items", "amount_line"}
    texts: dict[str, object] = {"merchant": world.merchant_name, "amount": "", "retry": ""} | values
    if order is not None:
        texts |= {name: value or "" for name, value in dict(order).items()} | {
            "amount": grouped(order["total_fen"])
        }
        texts["kind"] = "公众号支付" if order["trade_type"] == "JSAPI" else "扫码支付"
    text = {
        key: str(value) if key in fragments else html.escape(str(value))
        for key, value in texts.items()
    }
    return _template(name).substitute(text)


@lru_cache
def _template(name: str) -> Template:
    return Template((PAGES / f"{name}.html").read_text())
