"""The trade bill of a day, as WeChat Pay prints it: BOM, CRLF, backticks and a summary."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from simulators.wechatpay.faults import Fault
from simulators.wechatpay.world import CHINA, Refusal, World

FILE_LIVES = 300
HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMMARY = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
# The positions of the columns that the summary adds up.
SETTLED, REFUNDED, FEE, TOTAL, REQUESTED = 12, 16, 22, 24, 25


def announce_bill(
    world: World, query: Mapping[str, str], faults: Mapping[str, Fault]
) -> dict[str, str]:
    """Makes the file and returns its hash and address.

    Refuses a day that is not over or has no trade.
    """
    day = _day(query.get("bill_date", ""))
    kind = query.get("bill_type", "ALL")
    if kind not in ("ALL", "SUCCESS", "REFUND"):
        raise Refusal(400, "PARAM_ERROR", "bill_type必须是ALL、SUCCESS或REFUND")
    _refuse_early(world, day)
    rows = _rows(world, day, kind)
    if not rows:
        raise Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    content = _print(rows, faults.get("alter_bill"))
    has_wrong_hash = "alter_bill" in faults and faults["alter_bill"].text("row", "") == "hash"
    token = secrets.token_hex(16)
    with world.store.change() as db:
        db.execute("INSERT INTO bill_files VALUES (?, ?, ?)", (token, content, world.now()))
    hash_value = hashlib.sha1(
        content + b"!" if has_wrong_hash else content, usedforsecurity=False
    ).hexdigest()
    compression = "&tartype=gzip" if query.get("tar_type") == "GZIP" else ""
    return {
        "hash_type": "SHA1",
        "hash_value": hash_value,
        "download_url": f"{world.public_url}/v3/billdownload/file?token={token}{compression}",
    }


def bill_file(world: World, token: str) -> bytes:
    """Returns the file's bytes; refuses a token that is unknown or has expired."""
    row = world.store.row("SELECT * FROM bill_files WHERE token = ?", token)
    if row is None or world.now() >= row["made_at"] + FILE_LIVES:
        raise Refusal(400, "PARAM_ERROR", "下载链接已失效，请重新申请账单")
    return bytes(row["content"])


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise Refusal(400, "PARAM_ERROR", "bill_date格式错误")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(400, "PARAM_ERROR", "bill_date格式错误") from None


def _refuse_early(world: World, day: date) -> None:
    """Refuses before ten the next morning, unless the setting `bill_ready` is `now`."""
    if world.store.setting("bill_ready", "next_morning") == "now":
        return
    ready = datetime.combine(day + timedelta(days=1), time(10), CHINA)
    if world.now() < ready.timestamp():
        raise Refusal(400, "STATEMENT_CREATING", "账单生成中，请稍后再试")


def _rows(world: World, day: date, kind: str) -> list[list[str]]:
    """Returns the bill's rows of the day, the latest first."""
    begin = int(datetime.combine(day, time(), CHINA).timestamp())
    rows = []
    if kind in ("ALL", "SUCCESS"):
        paid = world.store.rows(
            "SELECT * FROM orders WHERE paid_at >= ? AND paid_at < ?", begin, begin + 86400
        )
        rows += [_payment_row(world, dict(order)) for order in paid]
    if kind in ("ALL", "REFUND"):
        refunds = world.store.rows(
            "SELECT orders.*, refund_id, out_refund_no, refund_fen, refunded_at FROM refunds"
            " JOIN orders USING (out_trade_no) WHERE refunded_at >= ? AND refunded_at < ?",
            begin,
            begin + 86400,
        )
        rows += [_refund_row(world, dict(refund)) for refund in refunds]
    return sorted(rows, reverse=True)


def _payment_row(world: World, order: Mapping[str, object]) -> list[str]:
    total, payer_total = int(str(order["total_fen"])), int(str(order["payer_total_fen"]))
    money = [yuan(total), yuan(total - payer_total), "0", "0", yuan(0), yuan(0), "", ""]
    return (
        _shared(world, order, "paid_at", "SUCCESS")
        + money
        + _goods(order)
        + _fee(total)
        + [yuan(total), "0.00", ""]
    )


def _refund_row(world: World, refund: Mapping[str, object]) -> list[str]:
    refund_fen = int(str(refund["refund_fen"]))
    numbers = [str(refund["refund_id"]), str(refund["out_refund_no"])]
    money = ["0.00", "0.00", *numbers, yuan(refund_fen), "0.00", "ORIGINAL", "SUCCESS"]
    return (
        _shared(world, refund, "refunded_at", "REFUND")
        + money
        + _goods(refund)
        + _fee(-refund_fen)
        + [
            "0.00",
            yuan(refund_fen),
            "",
        ]
    )


def _shared(world: World, order: Mapping[str, object], at: str, state: str) -> list[str]:
    """Returns the columns that payments and refunds have in common."""
    time_text = datetime.fromtimestamp(int(str(order[at])), CHINA).strftime("%Y-%m-%d %H:%M:%S")
    numbers = [
        str(order[name]) for name in ("transaction_id", "out_trade_no", "openid", "trade_type")
    ]
    merchant = [world.keys.appid, world.keys.mchid]
    return [time_text, *merchant, "0", "", *numbers, state, "OTHERS", "CNY"]


def _goods(order: Mapping[str, object]) -> list[str]:
    return [str(order["description"]).replace(",", "\\ "), str(order["attach"]).replace(",", "\\ ")]


def _fee(total_fen: int) -> list[str]:
    """Returns fee and rate: six thousandths, rounded half up to a fen, negative for a refund."""
    fee_fen = (abs(total_fen) * 6 + 500) // 1000
    return [f"{'-' if total_fen < 0 and fee_fen else ''}{yuan(fee_fen)}000", "0.60%"]


def yuan(fen: int) -> str:
    """Returns fen as yuan with two decimals."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def _fen(text: str) -> int:
    whole, _, part = text.lstrip("-").partition(".")
    return (int(whole) * 100 + int(part[:2])) * (-1 if text.startswith("-") else 1)


def _print(rows: list[list[str]], fault: Fault | None) -> bytes:
    """Returns the file: header, rows, the summary's header and the summary."""
    kind = fault.text("row", "missing") if fault else ""
    rows = _altered_rows(rows, kind)
    columns = (SETTLED, REFUNDED, FEE, TOTAL, REQUESTED)
    settled, refunded, fee, total, requested = (
        sum(_fen(row[column]) for row in rows) for column in columns
    )
    if kind == "summary":
        total += 1
    summary = [
        str(len(rows)),
        *map(yuan, (settled, refunded, 0)),
        yuan(fee) + "000",
        yuan(total),
        yuan(requested),
    ]
    lines = [HEADER, *(_line(row) for row in rows), SUMMARY, _line(summary)]
    return "\ufeff".encode() + "".join(line + "\r\n" for line in lines).encode()


def _altered_rows(rows: list[list[str]], kind: str) -> list[list[str]]:
    """Returns the rows as a planned fault wants them.

    One may be missing, be there twice, have one yuan more (amount), or belong to no order (extra).
    """
    first = list(rows[0])
    if kind == "missing":
        return rows[1:]
    if kind == "twice":
        return [first, *rows]
    if kind == "amount":
        first[SETTLED] = first[TOTAL] = yuan(_fen(first[TOTAL]) + 100)
        return [first, *rows[1:]]
    if kind == "extra":
        first[5], first[6] = first[5][:-6] + "000000", "EXTRA" + first[6][:20]
        return [first, *rows]
    return rows


def _line(values: list[str]) -> str:
    return ",".join("`" + value for value in values)
