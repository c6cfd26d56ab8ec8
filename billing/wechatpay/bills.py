"""The trade bill of a day: checks its hash, reads rows by header name, compares the printed
totals.
"""

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from office.zone import SHANGHAI

MAX_BILL_BYTES = 512 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,5})?")
COUNT = "总交易单数"
TOTALS = {
    "应结订单总金额": "应结订单金额",
    "退款总金额": "退款金额",
    "充值券退款总金额": "充值券退款金额",
    "手续费总金额": "手续费",
    "订单总金额": "订单金额",
    "申请退款总金额": "申请退款金额",
}


class BillRefused(Exception):
    """The error of a file that is not the bill it claims to be; none of it may be used."""


@dataclass(frozen=True)
class BillRow:
    """A payment, or a refund at its request time; fees in 1/1000 fen, negative on refunds."""

    traded_at: datetime
    appid: str
    mchid: str
    transaction_id: str
    out_trade_no: str
    trade_type: str
    trade_state: str
    currency: str
    total_fen: int
    settled_fen: int
    refund_id: str
    out_refund_no: str
    refund_fen: int
    requested_refund_fen: int
    refund_status: str
    fee_millifen: int
    openid: str = field(repr=False)
    columns: Mapping[str, str] = field(repr=False, hash=False)


@dataclass(frozen=True)
class TradeBill:
    rows: tuple[BillRow, ...]
    summary: Mapping[str, str] = field(hash=False)
    sha1: str


def file_hash(content: bytes) -> str:
    """Returns the SHA-1 of the uncompressed file in lower-case hex, as the bill's `hash_value`."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def read_trade_bill(file: bytes, sha1: str) -> TradeBill:
    """Reads a downloaded bill, plain or gzip; raises BillRefused on a wrong hash, shape or
    total.
    """
    content = _uncompressed(file)
    content_hash = file_hash(content)
    if content_hash != sha1.lower():
        raise BillRefused(f"the file has SHA-1 {content_hash}, announced was {sha1}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise BillRefused("the file is not UTF-8") from broken
    lines = [line.removesuffix("\r") for line in text.split("\n") if line.strip()]
    if len(lines) < 3 or COUNT not in lines[-2]:
        raise BillRefused("the file does not end with its summary")
    header, summary_header = _names(lines[0]), _names(lines[-2])
    records = [_record(header, line) for line in lines[1:-2]]
    summary = _record(summary_header, lines[-1])
    _check_totals(records, summary, header)
    return TradeBill(tuple(_row(record) for record in records), summary, content_hash)


def _uncompressed(file: bytes) -> bytes:
    if not file.startswith(GZIP_MAGIC):
        return file
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(file)) as unpacked:
            content = unpacked.read(MAX_BILL_BYTES + 1)
    except (OSError, EOFError, zlib.error) as broken:
        raise BillRefused("the compressed file is damaged") from broken
    if len(content) > MAX_BILL_BYTES:
        raise BillRefused("the file is larger than any bill")
    return content


def _names(line: str) -> list[str]:
    names = [name.strip().lstrip("`") for name in line.split(",")]
    if len(set(names)) != len(names):
        raise BillRefused("the header names a column twice")
    return names


def _record(names: Sequence[str], line: str) -> dict[str, str]:
    if not line.startswith("`"):
        raise BillRefused(f"a line does not begin with a backtick: {line[:40]!r}")
    values = line[1:].split(",`")
    if len(values) != len(names):
        raise BillRefused(f"a line has {len(values)} values under {len(names)} names")
    return dict(zip(names, values, strict=True))


def _check_totals(
    records: Sequence[Mapping[str, str]], summary: Mapping[str, str], header: Sequence[str]
) -> None:
    if _scaled(summary[COUNT], 0) != len(records):
        raise BillRefused(f"the summary counts {summary[COUNT]} lines, the file has {len(records)}")
    for total, column in TOTALS.items():
        if total in summary and column in header:
            added = sum(_scaled(record[column], 5) for record in records)
            if added != _scaled(summary[total], 5):
                raise BillRefused(
                    f"{column} adds up to {Decimal(added).scaleb(-5)},"
                    f" the summary says {summary[total]}"
                )


def _scaled(text: str, places: int) -> int:
    """Returns `text` times ten to the power of `places`, exactly."""
    if not NUMBER.fullmatch(text):
        raise BillRefused(f"{text[:40]!r} is not an amount")
    scaled = Decimal(text).scaleb(places)
    if scaled != int(scaled):
        raise BillRefused(f"{text} has more decimals than this column may have")
    return int(scaled)


def _row(record: Mapping[str, str]) -> BillRow:
    """Reads one row; a SUCCESS bill has no refund columns, so these have defaults, payment columns
    none.
    """
    try:
        return BillRow(
            traded_at=datetime.strptime(record["交易时间"], "%Y-%m-%d %H:%M:%S").replace(
                tzinfo=SHANGHAI
            ),
            appid=record["公众账号ID"],
            mchid=record["商户号"],
            transaction_id=record["微信订单号"],
            out_trade_no=record["商户订单号"],
            trade_type=record["交易类型"],
            trade_state=record["交易状态"],
            currency=record["货币种类"],
            total_fen=_scaled(record["订单金额"], 2),
            settled_fen=_scaled(record["应结订单金额"], 2),
            refund_id=record.get("微信退款单号", "0"),
            out_refund_no=record.get("商户退款单号", "0"),
            refund_fen=_scaled(record.get("退款金额", "0"), 2),
            requested_refund_fen=_scaled(record.get("申请退款金额", "0"), 2),
            refund_status=record.get("退款状态", ""),
            fee_millifen=_scaled(record["手续费"], 5),
            openid=record["用户标识"],
            columns=record,
        )
    except KeyError as missing:
        raise BillRefused(f"the bill has no column {missing}") from missing
    except ValueError as broken:
        raise BillRefused("交易时间 is not a time") from broken
