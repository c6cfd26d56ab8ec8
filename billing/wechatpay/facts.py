"""The data of a payment or refund by WeChat Pay, read alike from callbacks and from queries."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

PAID_STATES = frozenset({"SUCCESS", "REFUND"})


class Malformed(Exception):
    """The error of a message that cannot be parsed: store it, raise an alarm, answer `status`."""

    status = 400


@dataclass(frozen=True)
class TransactionFact:
    """An order in the records of WeChat Pay; an unpaid one has no transaction id, no time, maybe
    total 0.
    """

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
        """Returns whether the order is paid; REFUND counts, since it means paid and refunded in
        part or whole.
        """
        return self.trade_state in PAID_STATES

    @classmethod
    def read(cls, raw: bytes) -> "TransactionFact":
        """Reads a callback's plaintext or a query's answer; raises Malformed when paid without
        amounts.
        """
        transaction = read_object(raw)
        amount = _object(transaction, "amount")
        paid = transaction.get("trade_state") in PAID_STATES
        total_fen = _fen(amount, "total", required=paid)
        return cls(
            mchid=_text(transaction, "mchid", required=True),
            appid=_text(transaction, "appid", required=True),
            out_trade_no=_text(transaction, "out_trade_no", required=True),
            transaction_id=_text(transaction, "transaction_id", required=paid),
            trade_state=_text(transaction, "trade_state", required=True),
            trade_type=_text(transaction, "trade_type", required=paid),
            total_fen=total_fen,
            payer_total_fen=_fen(amount, "payer_total") if "payer_total" in amount else total_fen,
            currency=_text(amount, "currency") or "CNY",
            success_time=_instant(transaction, "success_time", required=paid),
            openid=_text(_object(transaction, "payer"), "openid"),
            raw=raw,
        )


@dataclass(frozen=True)
class RefundFact:
    """The end of a refund as a callback reports it; `status` is SUCCESS, ABNORMAL or CLOSED."""

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
        """Reads a decrypted refund callback, or a refund query, which names the state `status`."""
        refund = read_object(raw)
        amount = _object(refund, "amount")
        return cls(
            mchid=_text(refund, "mchid"),
            out_trade_no=_text(refund, "out_trade_no", required=True),
            transaction_id=_text(refund, "transaction_id", required=True),
            out_refund_no=_text(refund, "out_refund_no", required=True),
            refund_id=_text(refund, "refund_id", required=True),
            status=_text(refund, "refund_status") or _text(refund, "status", required=True),
            total_fen=_fen(amount, "total", required=True),
            refund_fen=_fen(amount, "refund", required=True),
            payer_refund_fen=_fen(amount, "payer_refund"),
            success_time=_instant(refund, "success_time"),
            raw=raw,
        )


def read_object(raw: bytes) -> dict[str, object]:
    """Parses a JSON object; raises Malformed for anything else."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as broken:
        raise Malformed("not JSON") from broken
    if not isinstance(value, dict):
        raise Malformed("not a JSON object")
    return value


def _object(container: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = container.get(name) or {}
    if not isinstance(value, Mapping):
        raise Malformed(f"{name} is not an object")
    return value


def _text(container: Mapping[str, object], name: str, *, required: bool = False) -> str:
    value = container.get(name)
    if value is None or value == "":
        if required:
            raise Malformed(f"{name} is missing")
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{name} is not text")
    return value


def _fen(amount: Mapping[str, object], name: str, *, required: bool = False) -> int:
    value = amount.get(name)
    if value is None and not required:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed(f"amount.{name} is not whole fen")
    return value


def _instant(
    container: Mapping[str, object], name: str, *, required: bool = False
) -> datetime | None:
    text = _text(container, name, required=required)
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as broken:
        raise Malformed(f"{name} is not a time") from broken
    if instant.tzinfo is None:
        raise Malformed(f"{name} has no offset")
    return instant
