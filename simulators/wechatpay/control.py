"""The controls below `/_…`, by which tests and demos direct the simulator; WeChat Pay has none."""

from collections.abc import Callable, Mapping

from simulators.wechatpay.callbacks import Courier
from simulators.wechatpay.exchange import Answer, Request, json_answer
from simulators.wechatpay.faults import clear_faults, plan_fault, planned_faults
from simulators.wechatpay.orders import pay_order, refund_order
from simulators.wechatpay.refunds import end_refund
from simulators.wechatpay.world import Refusal, World

Body = Mapping[str, object]
SETTINGS = {
    "callback_key": ("public_key", "certificate", "alternate"),
    "certificates": ("served", "gone"),
    "bill_ready": ("next_morning", "now"),
    "refund_ends": ("success", "processing", "closed", "abnormal"),
    "funds": ("enough", "none"),
}
MOST_COPIES = 64


def answer_control(world: World, courier: Courier, request: Request) -> Answer:
    """Answers the controls listed at the end of this file."""
    control = CONTROLS.get((request.method, request.path))
    if control is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "no such control; see the simulator's README")
    return control(world, courier, request.json_body())


def _orders(world: World, _: Courier, __: Body) -> Answer:
    rows = world.store.rows("SELECT * FROM orders ORDER BY placed_at, out_trade_no")
    return json_answer(200, {"orders": [dict(row) for row in rows]})


def _deliveries(world: World, _: Courier, __: Body) -> Answer:
    rows = world.store.rows("SELECT * FROM deliveries ORDER BY id")
    deliveries = [dict(row) | {"plaintext": row["plaintext"].decode()} for row in rows]
    return json_answer(200, {"deliveries": deliveries})


def _pay(world: World, _: Courier, body: Body) -> Answer:
    number, openid = str(body.get("out_trade_no", "")), str(body.get("openid", ""))
    pay_order(world, number, openid=openid, coupon_fen=_whole(body.get("coupon_fen", 0)))
    return json_answer(200, {"out_trade_no": number, "state": "SUCCESS"})


def _refund(world: World, _: Courier, body: Body) -> Answer:
    number, refund_fen = str(body.get("out_trade_no", "")), _whole(body.get("refund_fen"))
    return json_answer(200, {"refund_id": refund_order(world, number, refund_fen)})


def _end_refund(world: World, _: Courier, body: Body) -> Answer:
    number, end = str(body.get("out_refund_no", "")), str(body.get("status", ""))
    end_refund(world, number, end)
    return json_answer(200, {"out_refund_no": number, "status": end})


def _deliver(_: World, courier: Courier, body: Body) -> Answer:
    answers = courier.deliver_again(
        str(body.get("out_trade_no", "")),
        times=max(1, min(_whole(body.get("times", 1)), MOST_COPIES)),
        parallel=bool(body.get("parallel", False)),
        new_event_id=bool(body.get("new_event_id", False)),
    )
    return json_answer(200, {"answers": answers})


def _show_faults(world: World, _: Courier, __: Body) -> Answer:
    clock_offset = int(world.store.setting("clock_offset", "0"))
    return json_answer(200, {"faults": planned_faults(world.store), "clock_offset": clock_offset})


def _plan_fault(world: World, _: Courier, body: Body) -> Answer:
    if body.get("fault") == "clock_offset":
        world.store.set("clock_offset", str(_whole(body.get("seconds"))))
        return json_answer(201, {"clock_offset": body["seconds"]})
    return json_answer(201, {"id": plan_fault(world.store, body)})


def _clear_faults(world: World, _: Courier, __: Body) -> Answer:
    clear_faults(world.store)
    return Answer(204)


def _show_settings(world: World, _: Courier, __: Body) -> Answer:
    return json_answer(
        200, {name: world.store.setting(name, SETTINGS[name][0]) for name in SETTINGS}
    )


def _settle(world: World, _: Courier, body: Body) -> Answer:
    if any(value not in SETTINGS.get(name, ()) for name, value in body.items()):
        raise Refusal(400, "PARAM_ERROR", f"settings are {SETTINGS}")
    for name, value in body.items():
        world.store.set(name, str(value))
    return _show_settings(world, _, body)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refusal(400, "PARAM_ERROR", f"{value!r} is not a whole number")
    return value


CONTROLS: dict[tuple[str, str], Callable[[World, Courier, Body], Answer]] = {
    ("GET", "/_orders"): _orders,
    ("GET", "/_deliveries"): _deliveries,
    ("POST", "/_pay"): _pay,
    ("POST", "/_refund"): _refund,
    ("POST", "/_end_refund"): _end_refund,
    ("POST", "/_deliver"): _deliver,
    ("GET", "/_faults"): _show_faults,
    ("POST", "/_faults"): _plan_fault,
    ("DELETE", "/_faults"): _clear_faults,
    ("GET", "/_settings"): _show_settings,
    ("POST", "/_settings"): _settle,
}
