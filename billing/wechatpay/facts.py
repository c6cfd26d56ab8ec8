"""What WeChat Pay states about a payment or a refund, the same from a callback and from a query."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

PAID_STATES = frozenset({"SUCCESS", "REFUND"})


class Malformed(Exception):
    """Not readable as the fact it should be: store it, raise an alarm, answer `status`."""

    status = 400


@dataclass(frozen=True)
class TransactionFact:
    """An order as WeChat Pay sees it; unpaid, it has no transaction id, no time, maybe total 0."""

    mchid: str
    appid: str
    out_trade_no: str
    transaction_id: str
    trade_state: str
    trade_type: str
    total_fen: int
    payer_total_fen: int
    currency: str
    success_time: datetime | None
    openid: str = field(repr=False)
    raw: bytes = field(repr=False)

    @property
    def is_paid(self) -> bool:
        """REFUND means paid and refunded at least in part: still paid."""
        return self.trade_state in PAID_STATES

    @classmethod
    def read(cls, raw: bytes) -> "TransactionFact":
        """Read a callback's plaintext or a query answer; Malformed when paid without figures."""
        said = read_object(raw)
        amount = _object(said, "amount")
        paid = said.get("trade_state") in PAID_STATES
        total_fen = _fen(amount, "total", required=paid)
        return cls(
            mchid=_text(said, "mchid", required=True),
            appid=_text(said, "appid", required=True),
            out_trade_no=_text(said, "out_trade_no", required=True),
            transaction_id=_text(said, "transaction_id", required=paid),
            trade_state=_text(said, "trade_state", required=True),
            trade_type=_text(said, "trade_type", required=paid),
            total_fen=total_fen,
            payer_total_fen=_fen(amount, "payer_total") if "payer_total" in amount else total_fen,
            currency=_text(amount, "currency") or "CNY",
            success_time=_instant(said, "success_time", required=paid),
            openid=_text(_object(said, "payer"), "openid"),
            raw=raw,
        )


@dataclass(frozen=True)
class RefundFact:
    """A refund's end as a callback tells it; `status` is SUCCESS, ABNORMAL or CLOSED."""

    mchid: str
    out_trade_no: str
    transaction_id: str
    out_refund_no: str
    refund_id: str
    status: str
    total_fen: int
    refund_fen: int
    payer_refund_fen: int
    success_time: datetime | None
    raw: bytes = field(repr=False)

    @classmethod
    def read(cls, raw: bytes) -> "RefundFact":
        """Read a decrypted refund callback, or the refund query, which calls the state `status`."""
        said = read_object(raw)
        amount = _object(said, "amount")
        return cls(
            mchid=_text(said, "mchid"),
            out_trade_no=_text(said, "out_trade_no", required=True),
            transaction_id=_text(said, "transaction_id", required=True),
            out_refund_no=_text(said, "out_refund_no", required=True),
            refund_id=_text(said, "refund_id", required=True),
            status=_text(said, "refund_status") or _text(said, "status", required=True),
            total_fen=_fen(amount, "total", required=True),
            refund_fen=_fen(amount, "refund", required=True),
            payer_refund_fen=_fen(amount, "payer_refund"),
            success_time=_instant(said, "success_time"),
            raw=raw,
        )


def read_object(raw: bytes) -> dict[str, object]:
    """Parse a JSON object; raises Malformed for anything else."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as broken:
        raise Malformed("not JSON") from broken
    if not isinstance(said, dict):
        raise Malformed("not a JSON object")
    return said


def _object(said: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = said.get(name) or {}
    if not isinstance(found, Mapping):
        raise Malformed(f"{name} is not an object")
    return found


def _text(said: Mapping[str, object], name: str, *, required: bool = False) -> str:
    found = said.get(name)
    if found is None or found == "":
        if required:
            raise Malformed(f"{name} is missing")
        return ""
    if not isinstance(found, str):
        raise Malformed(f"{name} is not text")
    return found


def _fen(amount: Mapping[str, object], name: str, *, required: bool = False) -> int:
    found = amount.get(name)
    if found is None and not required:
        return 0
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise Malformed(f"amount.{name} is not whole fen")
    return found


def _instant(said: Mapping[str, object], name: str, *, required: bool = False) -> datetime | None:
    text = _text(said, name, required=required)
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as broken:
        raise Malformed(f"{name} is not a time") from broken
    if instant.tzinfo is None:
        raise Malformed(f"{name} has no offset")
    return instant
