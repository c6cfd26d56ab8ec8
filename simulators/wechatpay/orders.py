"""Orders as WeChat Pay documents them: placed, refreshed, paid, refunded, closed, queried."""

import json
import re
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulators.wechatpay.callbacks import announce
from simulators.wechatpay.world import CHINA, Refusal, World, rfc3339

CODE_LIVES = 2 * 3600
SEVEN_DAYS = 7 * 86400
STATE_WORDS = {
    "NOTPAY": "订单未支付",
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "CLOSED": "订单已关闭",
}


def place_order(world: World, trade_type: str, body: Mapping[str, Any]) -> str:
    """Places or refreshes an order and returns its new code, which ends the previous one.

    Refuses a number that has other parameters, and an order that is paid or closed.
    """
    columns = _checked(world, trade_type, body)
    code = _fresh_code(trade_type)
    now = world.now()
    with world.store.change() as db:
        order = _find(db, columns["out_trade_no"])
        if order is None:
            db.execute(
                "INSERT INTO orders (out_trade_no, trade_type, parameters, description, attach,"
                " total_fen, notify_url, openid, expires_at, placed_at, state, code, code_made_at)"
                " VALUES (:out_trade_no, :trade_type, :parameters, :description, :attach,"
                " :total_fen, :notify_url, :openid, :expires_at, :now, 'NOTPAY', :code, :now)",
                columns | {"now": now, "code": code},
            )
            return code
        if (order["trade_type"], order["parameters"]) != (trade_type, columns["parameters"]):
            raise Refusal(403, "OUT_TRADE_NO_USED", "商户订单号重复")
        if order["state"] == "CLOSED":
            raise Refusal(400, "ORDER_CLOSED", "该订单已关闭")
        if order["state"] != "NOTPAY":
            raise Refusal(400, "ORDER_PAID", "该订单已支付")
        db.execute(
            "UPDATE orders SET code = ?, code_made_at = ? WHERE out_trade_no = ?",
            (code, now, order["out_trade_no"]),
        )
    return code


def close_order(world: World, out_trade_no: str) -> None:
    """Closes the order; refuses when it is paid."""
    with world.store.change() as db:
        order = _find(db, out_trade_no)
        if order is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        if order["state"] in ("SUCCESS", "REFUND"):
            raise Refusal(400, "ORDER_PAID", "该订单已支付")
        db.execute("UPDATE orders SET state = 'CLOSED' WHERE out_trade_no = ?", (out_trade_no,))


def pay_order(
    world: World, out_trade_no: str, *, code: str = "", openid: str = "", coupon_fen: int = 0
) -> None:
    """Plays the payer; the refusals are the sentences that the payer would read on the phone."""
    with world.store.change() as db:
        order = _find(db, out_trade_no)
        if order is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        _refuse_unpayable(world, order, code)
        if order["openid"] and openid and openid != order["openid"]:
            raise Refusal(403, "NOT_THIS_PAYER", "该订单只能由下单的微信用户支付")
        if not 0 <= coupon_fen < order["total_fen"]:
            raise Refusal(400, "PARAM_ERROR", "coupon_fen must be less than the total")
        now = world.now()
        transaction_id = (
            "4200" + datetime.fromtimestamp(now, CHINA).strftime("%Y%m%d") + _digits(16)
        )
        paid_order = db.execute(
            "UPDATE orders SET state = 'SUCCESS', transaction_id = ?, openid = ?,"
            " payer_total_fen = ?, paid_at = ? WHERE out_trade_no = ? RETURNING *",
            (
                transaction_id,
                order["openid"] or openid or fresh_openid(),
                order["total_fen"] - coupon_fen,
                now,
                out_trade_no,
            ),
        ).fetchone()
        announce(db, "TRANSACTION.SUCCESS", paid_order, transaction(world, paid_order), now)


def refund_order(world: World, out_trade_no: str, refund_fen: int) -> str:
    """Refunds at once, as the merchant console does, and returns the refund's id."""
    with world.store.change() as db:
        order = _find(db, out_trade_no)
        if order is None or order["state"] not in ("SUCCESS", "REFUND"):
            raise Refusal(400, "INVALID_REQUEST", "订单未支付，不能退款")
        refunded_fen = db.execute(
            "SELECT COALESCE(SUM(refund_fen), 0) FROM refunds WHERE out_trade_no = ?",
            (out_trade_no,),
        ).fetchone()[0]
        if not 1 <= refund_fen <= order["total_fen"] - refunded_fen:
            raise Refusal(400, "INVALID_REQUEST", "累计退款金额大于订单金额")
        now, refund_id = world.now(), "503" + _digits(26)
        out_refund_no = f"CONSOLE{_digits(20)}"
        db.execute(
            "INSERT INTO refunds VALUES (?, ?, ?, ?, ?)",
            (refund_id, out_refund_no, out_trade_no, refund_fen, now),
        )
        db.execute("UPDATE orders SET state = 'REFUND' WHERE out_trade_no = ?", (out_trade_no,))
        resource = {
            "mchid": world.keys.mchid,
            "out_trade_no": out_trade_no,
            "transaction_id": order["transaction_id"],
            "out_refund_no": out_refund_no,
            "refund_id": refund_id,
            "refund_status": "SUCCESS",
            "success_time": rfc3339(now),
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": order["total_fen"],
                "refund": refund_fen,
                "payer_total": order["payer_total_fen"],
                "payer_refund": min(refund_fen, order["payer_total_fen"]),
            },
        }
        announce(db, "REFUND.SUCCESS", order, resource, now)
    return refund_id


def transaction(world: World, order: sqlite3.Row) -> dict[str, object]:
    """Returns the order as a query answers it and a callback reports it."""
    resource: dict[str, object] = {
        "appid": world.keys.appid,
        "mchid": world.keys.mchid,
        "out_trade_no": order["out_trade_no"],
        "trade_state": order["state"],
        "trade_state_desc": STATE_WORDS[order["state"]],
        "attach": order["attach"],
        "promotion_detail": [],
        "amount": {"total": order["total_fen"], "currency": "CNY", "payer_currency": "CNY"},
    }
    if order["transaction_id"] is None:
        return resource
    return resource | {
        "transaction_id": order["transaction_id"],
        "trade_type": order["trade_type"],
        "bank_type": "OTHERS",
        "success_time": rfc3339(order["paid_at"]),
        "payer": {"openid": order["openid"]},
        "amount": {
            "total": order["total_fen"],
            "payer_total": order["payer_total_fen"],
            "currency": "CNY",
            "payer_currency": "CNY",
        },
    }


def order_of_code(world: World, code: str) -> sqlite3.Row:
    """Returns the order whose current code this is; refuses any other code."""
    order = world.store.row("SELECT * FROM orders WHERE code = ?", code)
    if order is None:
        raise Refusal(404, "CODE_DEAD", "二维码已失效，请返回商家重新获取")
    return order


def payability(world: World, order: sqlite3.Row) -> str:
    """Returns "" when the order can be paid now, else the sentence that the payer reads."""
    try:
        _refuse_unpayable(world, order, order["code"])
    except Refusal as refusal:
        return refusal.message
    return ""


def fresh_openid() -> str:
    return "oSIM" + secrets.token_urlsafe(18)


def _refuse_unpayable(world: World, order: sqlite3.Row, code: str) -> None:
    """Refuses an order that is closed, paid or expired, and a code that is no longer valid."""
    if order["state"] == "CLOSED":
        raise Refusal(400, "ORDER_CLOSED", "订单已关闭")
    if order["state"] != "NOTPAY":
        raise Refusal(400, "ORDER_PAID", "订单已支付")
    now = world.now()
    if now >= order["expires_at"]:
        raise Refusal(400, "ORDER_EXPIRED", "订单已过期，请返回商家重新下单")
    if code and (code != order["code"] or now >= order["code_made_at"] + CODE_LIVES):
        raise Refusal(400, "CODE_DEAD", "二维码已失效，请返回商家重新获取")


def _checked(world: World, trade_type: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the order's columns from the request; refuses what WeChat Pay refuses."""
    amount, payer = body.get("amount"), body.get("payer")
    total = amount.get("total") if isinstance(amount, dict) else None
    openid = payer.get("openid") if isinstance(payer, dict) else None
    now = world.now()
    if body.get("mchid") != world.keys.mchid or body.get("appid") != world.keys.appid:
        raise Refusal(400, "APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")
    if not re.fullmatch(r"[0-9A-Za-z_\-|*]{6,32}", str(body.get("out_trade_no", ""))):
        raise Refusal(
            400,
            "PARAM_ERROR",
            "输入源“/body/out_trade_no”映射到值字段“商户订单号”字符串规则校验失败",
        )
    if not isinstance(total, int) or isinstance(total, bool) or total < 1:
        raise Refusal(
            400, "PARAM_ERROR", "输入源“/body/amount/total”映射到值字段“总金额”数值规则校验失败"
        )
    if isinstance(amount, dict) and amount.get("currency", "CNY") != "CNY":
        raise Refusal(400, "PARAM_ERROR", "货币类型只支持CNY")
    description, attach = body.get("description"), body.get("attach", "")
    if not isinstance(description, str) or not 1 <= len(description) <= 127:
        raise Refusal(
            400, "PARAM_ERROR", "输入源“/body/description”映射到值字段“商品描述”字符串规则校验失败"
        )
    if not isinstance(attach, str) or len(attach) > 128:
        raise Refusal(
            400, "PARAM_ERROR", "输入源“/body/attach”映射到值字段“附加数据”字符串规则校验失败"
        )
    if trade_type == "JSAPI" and not openid:
        raise Refusal(400, "PARAM_ERROR", "JSAPI支付必须传openid")
    notify_url = str(body.get("notify_url", ""))
    if "?" in notify_url or not world.may_call(notify_url):
        raise Refusal(
            400, "PARAM_ERROR", f"notify_url {notify_url} 不在 --notify-allow 内，或带有参数"
        )
    expires_at = _expiry(body.get("time_expire"), now)
    return {
        "out_trade_no": body["out_trade_no"],
        "trade_type": trade_type,
        "parameters": json.dumps(body, sort_keys=True, ensure_ascii=False),
        "description": description,
        "attach": attach,
        "total_fen": total,
        "notify_url": notify_url,
        "openid": openid or "",
        "expires_at": expires_at,
    }


def _expiry(time_expire: object, now: int) -> int:
    """Returns when the order expires, in Unix seconds: the given time, else in seven days."""
    if time_expire is None:
        return now + SEVEN_DAYS
    try:
        expires: datetime | None = datetime.fromisoformat(str(time_expire))
    except ValueError:
        expires = None
    if expires is None or expires.tzinfo is None or expires.timestamp() <= now:
        raise Refusal(400, "PARAM_ERROR", "time_expire格式错误或时间已过期")
    return int(expires.timestamp())


def _find(db: sqlite3.Connection, out_trade_no: str) -> sqlite3.Row | None:
    order: sqlite3.Row | None = db.execute(
        "SELECT * FROM orders WHERE out_trade_no = ?", (out_trade_no,)
    ).fetchone()
    return order


def _fresh_code(trade_type: str) -> str:
    return (
        "wx" + _digits(14) + secrets.token_hex(10)
        if trade_type == "JSAPI"
        else secrets.token_urlsafe(7)[:9]
    )


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))
