"""Refunds that the merchant asks for: accepted, then SUCCESS, CLOSED or ABNORMAL, and queried."""

import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

from simulators.wechatpay.callbacks import announce
from simulators.wechatpay.world import Refusal, World, rfc3339

ENDS = {"success": "SUCCESS", "closed": "CLOSED", "abnormal": "ABNORMAL"}


def ask_refund(world: World, body: Mapping[str, Any]) -> dict[str, object]:
    """Takes a refund and returns it as accepted; the same number and amount again is the same one.

    Refuses more than is left of the order, other parameters under a number, and a merchant without
    funds (the setting `funds` = `none`).
    """
    number, amount = str(body.get("out_refund_no", "")), body.get("amount")
    if not number or not isinstance(amount, Mapping):
        raise Refusal(400, "PARAM_ERROR", "out_refund_no与amount必填")
    refund_fen = amount.get("refund")
    if not isinstance(refund_fen, int) or refund_fen < 1 or amount.get("currency") != "CNY":
        raise Refusal(400, "PARAM_ERROR", "amount.refund或currency错误")
    with world.store.change() as db:
        order = _order(db, body)
        earlier = _find(db, number)
        if earlier is not None:
            if (earlier["out_trade_no"], earlier["refund_fen"]) != (
                order["out_trade_no"],
                refund_fen,
            ):
                raise Refusal(400, "PARAM_ERROR", "同一退款单号参数与首次不一致")
            return _resource(order, earlier)
        if amount.get("total") != order["total_fen"]:
            raise Refusal(400, "PARAM_ERROR", "订单金额不一致")
        if refund_fen > order["total_fen"] - _taken_fen(db, order["out_trade_no"]):
            raise Refusal(400, "INVALID_REQUEST", "累计退款金额大于订单金额")
        if world.store.setting("funds", "enough") == "none":
            raise Refusal(403, "NOT_ENOUGH", "余额不足")
        refund = db.execute(
            "INSERT INTO refund_requests VALUES (?, ?, ?, ?, 'PROCESSING', ?, ?) RETURNING *",
            (
                number,
                order["out_trade_no"],
                "503" + "".join(secrets.choice("0123456789") for _ in range(26)),
                refund_fen,
                world.now(),
                str(body.get("notify_url", "")) or order["notify_url"],
            ),
        ).fetchone()
        db.execute(
            "UPDATE orders SET state = 'REFUND' WHERE out_trade_no = ?", (order["out_trade_no"],)
        )
        answer = _resource(order, refund)
        end = ENDS.get(world.store.setting("refund_ends", "success"))
        if end is not None:
            _end(world, db, order, refund, end)
    return answer


def find_refund(world: World, number: str) -> dict[str, object]:
    """Returns a refund as a query answers it; refuses a number that was not accepted."""
    with world.store.change() as db:
        refund = _find(db, number)
        if refund is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return _resource(_order(db, {"out_trade_no": refund["out_trade_no"]}), refund)


def end_refund(world: World, number: str, end: str) -> None:
    """Plays the bank, or the merchant at the console after it: ends a refund that is processing or
    abnormal.
    """
    if end not in ENDS.values():
        raise Refusal(400, "PARAM_ERROR", f"a refund ends as {sorted(ENDS.values())}")
    with world.store.change() as db:
        refund = _find(db, number)
        if refund is None or refund["status"] not in ("PROCESSING", "ABNORMAL"):
            raise Refusal(400, "INVALID_REQUEST", "没有处理中或异常的退款")
        _end(world, db, _order(db, {"out_trade_no": refund["out_trade_no"]}), refund, end)


def _end(
    world: World, db: sqlite3.Connection, order: sqlite3.Row, refund: sqlite3.Row, end: str
) -> None:
    """Ends a refund and announces it; only SUCCESS moves money and stands in the bill."""
    ended = db.execute(
        "UPDATE refund_requests SET status = ? WHERE out_refund_no = ? RETURNING *",
        (end, refund["out_refund_no"]),
    ).fetchone()
    now = world.now()
    if end == "SUCCESS":
        db.execute(
            "INSERT INTO refunds VALUES (?, ?, ?, ?, ?)",
            (
                ended["refund_id"],
                ended["out_refund_no"],
                ended["out_trade_no"],
                ended["refund_fen"],
                now,
            ),
        )
    resource = _resource(order, ended)
    resource["refund_status"] = resource.pop("status")
    resource["mchid"] = world.keys.mchid
    resource["success_time"] = rfc3339(now)
    addressed = {"out_trade_no": order["out_trade_no"], "notify_url": ended["notify_url"]}
    announce(db, f"REFUND.{end}", addressed, resource, now)


def _order(db: sqlite3.Connection, body: Mapping[str, Any]) -> sqlite3.Row:
    column = "transaction_id" if body.get("transaction_id") else "out_trade_no"
    order = db.execute(
        f"SELECT * FROM orders WHERE {column} = ?",  # noqa: S608 – one of two names of ours
        (str(body.get(column, "")),),
    ).fetchone()
    if order is None or order["state"] not in ("SUCCESS", "REFUND"):
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
    paid_order: sqlite3.Row = order
    return paid_order


def _find(db: sqlite3.Connection, number: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM refund_requests WHERE out_refund_no = ?", (number,)
    ).fetchone()
    return row


def _taken_fen(db: sqlite3.Connection, out_trade_no: str) -> int:
    """Returns what is refunded of an order or on its way, in fen."""
    done = db.execute(
        "SELECT COALESCE(SUM(refund_fen), 0) FROM refunds WHERE out_trade_no = ?", (out_trade_no,)
    ).fetchone()[0]
    waiting = db.execute(
        "SELECT COALESCE(SUM(refund_fen), 0) FROM refund_requests WHERE out_trade_no = ?"
        " AND status IN ('PROCESSING', 'ABNORMAL')",
        (out_trade_no,),
    ).fetchone()[0]
    return int(done) + int(waiting)


def _resource(order: sqlite3.Row, refund: sqlite3.Row) -> dict[str, Any]:
    """Returns a refund by WeChat Pay's names, as answers and callbacks carry it."""
    return {
        "refund_id": refund["refund_id"],
        "out_refund_no": refund["out_refund_no"],
        "transaction_id": order["transaction_id"],
        "out_trade_no": order["out_trade_no"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(refund["created_at"]),
        "status": refund["status"],
        "amount": {
            "total": order["total_fen"],
            "refund": refund["refund_fen"],
            "payer_total": order["payer_total_fen"],
            "payer_refund": min(refund["refund_fen"], order["payer_total_fen"]),
            "currency": "CNY",
        },
    }
