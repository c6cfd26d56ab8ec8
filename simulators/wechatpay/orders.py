"""Orders as documented: placed, refreshed, paid, refunded, closed, asked for."""

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


def place_order(world: World, trade_type: str, said: Mapping[str, Any]) -> str:
    """Place or refresh an order and return its fresh code; the former code is dead from now on."""
    wanted = _checked(world, trade_type, said)
    code = _fresh_code(trade_type)
    now = world.now()
    with world.store.change() as db:
        known = _find(db, wanted["out_trade_no"])
        if known is None:
            db.execute(
                "INSERT INTO orders (out_trade_no, trade_type, parameters, description, attach,"
                " total_fen, notify_url, openid, expires_at, placed_at, state, code, code_made_at)"
                " VALUES (:out_trade_no, :trade_type, :parameters, :description, :attach,"
                " :total_fen, :notify_url, :openid, :expires_at, :now, 'NOTPAY', :code, :now)",
                wanted | {"now": now, "code": code},
            )
            return code
        if (known["trade_type"], known["parameters"]) != (trade_type, wanted["parameters"]):
            raise Refusal(403, "OUT_TRADE_NO_USED", "商户订单号重复")
        if known["state"] == "CLOSED":
            raise Refusal(400, "ORDER_CLOSED", "该订单已关闭")
        if known["state"] != "NOTPAY":
            raise Refusal(400, "ORDER_PAID", "该订单已支付")
        db.execute(
            "UPDATE orders SET code = ?, code_made_at = ? WHERE out_trade_no = ?",
            (code, now, known["out_trade_no"]),
        )
    return code


def close_order(world: World, out_trade_no: str) -> None:
    with world.store.change() as db:
        known = _find(db, out_trade_no)
        if known is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        if known["state"] in ("SUCCESS", "REFUND"):
            raise Refusal(400, "ORDER_PAID", "该订单已支付")
        db.execute("UPDATE orders SET state = 'CLOSED' WHERE out_trade_no = ?", (out_trade_no,))


def pay_order(
    world: World, out_trade_no: str, *, code: str = "", openid: str = "", coupon_fen: int = 0
) -> None:
    """Play the payer; the refusals are what the payer would read on the phone."""
    with world.store.change() as db:
        known = _find(db, out_trade_no)
        if known is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        _refuse_unpayable(world, known, code)
        if known["openid"] and openid and openid != known["openid"]:
            raise Refusal(403, "NOT_THIS_PAYER", "该订单只能由下单的微信用户支付")
        if not 0 <= coupon_fen < known["total_fen"]:
            raise Refusal(400, "PARAM_ERROR", "coupon_fen must be less than the total")
        now = world.now()
        transaction_id = (
            "4200" + datetime.fromtimestamp(now, CHINA).strftime("%Y%m%d") + _digits(16)
        )
        paid = db.execute(
            "UPDATE orders SET state = 'SUCCESS', transaction_id = ?, openid = ?,"
            " payer_total_fen = ?, paid_at = ? WHERE out_trade_no = ? RETURNING *",
            (
                transaction_id,
                known["openid"] or openid or fresh_openid(),
                known["total_fen"] - coupon_fen,
                now,
                out_trade_no,
            ),
        ).fetchone()
        announce(db, "TRANSACTION.SUCCESS", paid, transaction(world, paid), now)


def refund_order(world: World, out_trade_no: str, refund_fen: int) -> str:
    """Refund as from the merchant console, at once; the order is REFUND from then on."""
    with world.store.change() as db:
        known = _find(db, out_trade_no)
        if known is None or known["state"] not in ("SUCCESS", "REFUND"):
            raise Refusal(400, "INVALID_REQUEST", "订单未支付，不能退款")
        earlier = db.execute(
            "SELECT COALESCE(SUM(refund_fen), 0) FROM refunds WHERE out_trade_no = ?",
            (out_trade_no,),
        ).fetchone()[0]
        if not 1 <= refund_fen <= known["total_fen"] - earlier:
            raise Refusal(400, "INVALID_REQUEST", "累计退款金额大于订单金额")
        now, refund_id = world.now(), "503" + _digits(26)
        out_refund_no = f"CONSOLE{_digits(20)}"
        db.execute(
            "INSERT INTO refunds VALUES (?, ?, ?, ?, ?)",
            (refund_id, out_refund_no, out_trade_no, refund_fen, now),
        )
        db.execute("UPDATE orders SET state = 'REFUND' WHERE out_trade_no = ?", (out_trade_no,))
        told = {
            "mchid": world.keys.mchid,
            "out_trade_no": out_trade_no,
            "transaction_id": known["transaction_id"],
            "out_refund_no": out_refund_no,
            "refund_id": refund_id,
            "refund_status": "SUCCESS",
            "success_time": rfc3339(now),
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": known["total_fen"],
                "refund": refund_fen,
                "payer_total": known["payer_total_fen"],
                "payer_refund": min(refund_fen, known["payer_total_fen"]),
            },
        }
        announce(db, "REFUND.SUCCESS", known, told, now)
    return refund_id


def transaction(world: World, order: sqlite3.Row) -> dict[str, object]:
    """The order as a query answers it and a callback tells it."""
    told: dict[str, object] = {
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
        return told
    return told | {
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
    found = world.store.row("SELECT * FROM orders WHERE code = ?", code)
    if found is None:
        raise Refusal(404, "CODE_DEAD", "二维码已失效，请返回商家重新获取")
    return found


def payability(world: World, order: sqlite3.Row) -> str:
    """Empty when the order can be paid now, else the sentence the payer reads."""
    try:
        _refuse_unpayable(world, order, order["code"])
    except Refusal as refusal:
        return refusal.message
    return ""


def fresh_openid() -> str:
    return "oSIM" + secrets.token_urlsafe(18)


def _refuse_unpayable(world: World, order: sqlite3.Row, code: str) -> None:
    if order["state"] == "CLOSED":
        raise Refusal(400, "ORDER_CLOSED", "订单已关闭")
    if order["state"] != "NOTPAY":
        raise Refusal(400, "ORDER_PAID", "订单已支付")
    now = world.now()
    if now >= order["expires_at"]:
        raise Refusal(400, "ORDER_EXPIRED", "订单已过期，请返回商家重新下单")
    if code and (code != order["code"] or now >= order["code_made_at"] + CODE_LIVES):
        raise Refusal(400, "CODE_DEAD", "二维码已失效，请返回商家重新获取")


def _checked(world: World, trade_type: str, said: Mapping[str, Any]) -> dict[str, Any]:
    amount, payer = said.get("amount"), said.get("payer")
    total = amount.get("total") if isinstance(amount, dict) else None
    openid = payer.get("openid") if isinstance(payer, dict) else None
    now = world.now()
    if said.get("mchid") != world.keys.mchid or said.get("appid") != world.keys.appid:
        raise Refusal(400, "APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")
    if not re.fullmatch(r"[0-9A-Za-z_\-|*]{6,32}", str(said.get("out_trade_no", ""))):
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
    description, attach = said.get("description"), said.get("attach", "")
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
    notify_url = str(said.get("notify_url", ""))
    if "?" in notify_url or not world.may_call(notify_url):
        raise Refusal(
            400, "PARAM_ERROR", f"notify_url {notify_url} 不在 --notify-allow 内，或带有参数"
        )
    expires_at = _expiry(said.get("time_expire"), now)
    return {
        "out_trade_no": said["out_trade_no"],
        "trade_type": trade_type,
        "parameters": json.dumps(said, sort_keys=True, ensure_ascii=False),
        "description": description,
        "attach": attach,
        "total_fen": total,
        "notify_url": notify_url,
        "openid": openid or "",
        "expires_at": expires_at,
    }


def _expiry(time_expire: object, now: int) -> int:
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
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM orders WHERE out_trade_no = ?", (out_trade_no,)
    ).fetchone()
    return found


def _fresh_code(trade_type: str) -> str:
    return (
        "wx" + _digits(14) + secrets.token_hex(10)
        if trade_type == "JSAPI"
        else secrets.token_urlsafe(7)[:9]
    )


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))
