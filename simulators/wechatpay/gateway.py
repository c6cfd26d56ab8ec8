"""The addresses below `/v3/`: faults, the merchant's signature, the work, our signature on 2xx."""

import gzip
import re
import time
from collections.abc import Callable, Mapping

from simulators.wechatpay.bills import announce_bill, bill_file
from simulators.wechatpay.exchange import DROPPED, Answer, Request, json_answer, refusal_answer
from simulators.wechatpay.faults import Fault, strike
from simulators.wechatpay.orders import close_order, place_order, transaction
from simulators.wechatpay.refunds import ask_refund, find_refund
from simulators.wechatpay.signatures import answer_serial, check_request, seal, signed_headers
from simulators.wechatpay.world import Refusal, World, rfc3339

Faults = Mapping[str, Fault]
Work = Callable[[World, Request, str, Faults], Answer]


def answer_v3(world: World, request: Request) -> Answer:
    """Answers as WeChat Pay's gateway does, or as the planned faults want it to."""
    place, argument, work = _find(request)
    faults = strike(world.store, place)
    if "delay" in faults:
        time.sleep(faults["delay"].number("milliseconds", 1000) / 1000)
    if "drop_before" in faults:
        return DROPPED
    if "error_before" in faults:
        return _planned_error(faults["error_before"])
    try:
        check_request(world, request.method, request.target, request.headers, request.body)
        serial = answer_serial(world, request.headers)
        answer = work(world, request, argument, faults)
    except Refusal as refusal:
        return refusal_answer(refusal)
    if "drop_after" in faults:
        return DROPPED
    if "error_after" in faults:
        return _planned_error(faults["error_after"])
    if place == "file":
        return answer
    signed = signed_headers(world, serial, answer.body, faults)
    return Answer(answer.status, answer.body, {**answer.headers, **signed})


def _native(world: World, request: Request, _: str, __: Faults) -> Answer:
    code = place_order(world, "NATIVE", request.json_body())
    prefix = f"{world.public_url}/payer/" if world.web_codes else "weixin://wxpay/bizpayurl?pr="
    return json_answer(200, {"code_url": prefix + code})


def _jsapi(world: World, request: Request, _: str, __: Faults) -> Answer:
    return json_answer(200, {"prepay_id": place_order(world, "JSAPI", request.json_body())})


def _close(world: World, request: Request, out_trade_no: str, _: Faults) -> Answer:
    if request.json_body().get("mchid") != world.keys.mchid:
        raise Refusal(400, "PARAM_ERROR", "mchid错误")
    close_order(world, out_trade_no)
    return Answer(204)


def _query_by_number(world: World, request: Request, out_trade_no: str, _: Faults) -> Answer:
    return _query(world, request, "SELECT * FROM orders WHERE out_trade_no = ?", out_trade_no)


def _query_by_transaction(world: World, request: Request, transaction_id: str, _: Faults) -> Answer:
    return _query(world, request, "SELECT * FROM orders WHERE transaction_id = ?", transaction_id)


def _query(world: World, request: Request, select: str, number: str) -> Answer:
    if request.query.get("mchid") != world.keys.mchid:
        raise Refusal(400, "PARAM_ERROR", "mchid错误")
    order = world.store.row(select, number)
    if order is None:
        raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
    return json_answer(200, transaction(world, order))


def _certificates(world: World, _: Request, __: str, ___: Faults) -> Answer:
    """Returns the platform certificate, encrypted.

    The setting `certificates` = `gone` plays a merchant that has only ever had the public key.
    """
    if world.store.setting("certificates", "served") == "gone":
        raise Refusal(
            404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥"
        )
    keys = world.keys
    item = {
        "serial_no": keys.platform_serial,
        "effective_time": rfc3339(int(keys.platform_certificate_from.timestamp())),
        "expire_time": rfc3339(int(keys.platform_certificate_until.timestamp())),
        "encrypt_certificate": seal(world, keys.platform_certificate_pem.encode(), "certificate"),
    }
    return json_answer(200, {"data": [item]})


def _echo(_: World, request: Request, __: str, ___: Faults) -> Answer:
    message = request.json_body().get("echo_message")
    if not isinstance(message, str) or not message or not request.headers.get("Wechatpay-Serial"):
        raise Refusal(400, "PARAM_ERROR", "echo_message与请求头Wechatpay-Serial必填")
    return json_answer(200, {"echo_message": message})


def _bill(world: World, request: Request, _: str, faults: Faults) -> Answer:
    return json_answer(200, announce_bill(world, request.query, faults))


def _file(world: World, request: Request, _: str, __: Faults) -> Answer:
    content = bill_file(world, request.query.get("token", ""))
    if request.query.get("tartype") == "gzip":
        content = gzip.compress(content)
    return Answer(200, content, {"Content-Type": "application/octet-stream"})


def _ask_refund(world: World, request: Request, _: str, __: Faults) -> Answer:
    return json_answer(200, ask_refund(world, request.json_body()))


def _refund(world: World, _: Request, number: str, __: Faults) -> Answer:
    return json_answer(200, find_refund(world, number))


NUMBER = r"([0-9A-Za-z_\-|*]+)"
ROUTES: tuple[tuple[str, str, str, Work], ...] = (
    ("POST", r"/v3/pay/transactions/native", "native", _native),
    ("POST", r"/v3/pay/transactions/jsapi", "jsapi", _jsapi),
    ("POST", rf"/v3/pay/transactions/out-trade-no/{NUMBER}/close", "close", _close),
    ("GET", rf"/v3/pay/transactions/out-trade-no/{NUMBER}", "query", _query_by_number),
    ("GET", rf"/v3/pay/transactions/id/{NUMBER}", "query", _query_by_transaction),
    ("POST", r"/v3/refund/domestic/refunds", "refund", _ask_refund),
    ("GET", rf"/v3/refund/domestic/refunds/{NUMBER}", "refund_query", _refund),
    ("GET", r"/v3/certificates", "certificates", _certificates),
    ("POST", r"/v3/security/echo", "echo", _echo),
    ("GET", r"/v3/bill/tradebill", "bill", _bill),
    ("GET", r"/v3/billdownload/file", "file", _file),
)


def _find(request: Request) -> tuple[str, str, Work]:
    """Returns the place of the route, the number in its path and the function that answers it."""
    for method, pattern, place, work in ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match and method == request.method:
            return place, match[1] if match.groups() else "", work
    raise Refusal(404, "RESOURCE_NOT_EXISTS", "API不存在")


def _planned_error(fault: Fault) -> Answer:
    code = fault.text("code", "SYSTEM_ERROR")
    return json_answer(
        fault.number("status", 500), {"code": code, "message": fault.text("message", "模拟的错误")}
    )
