"""Callbacks: first verified, then decrypted, then parsed; without network, and nothing is
stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from billing.wechatpay.facts import Malformed, RefundFact, TransactionFact, read_object
from billing.wechatpay.sealing import open_resource
from billing.wechatpay.trust import Trust

MAX_BODY_BYTES = 256 * 1024
MAX_EVENT_ID = 64
MAX_EVENT_TYPE = 40


@dataclass(frozen=True)
class Notification:
    """A verified callback; `fact` is None for an event that is not booked, `plaintext` was
    encrypted.
    """

    event_id: str
    event_type: str
    fact: TransactionFact | RefundFact | None
    plaintext: bytes = field(repr=False)


@dataclass(frozen=True)
class OpenedNotification:
    """A verified and decrypted callback whose content is not parsed yet."""

    event_id: str
    event_type: str
    plaintext: bytes = field(repr=False)

    @property
    def out_trade_no(self) -> str:
        """Returns the number of the order, or an empty text when the callback does not clearly
        contain one.
        """
        try:
            named = read_object(self.plaintext).get("out_trade_no")
        except Malformed:
            return ""
        return named[:64] if isinstance(named, str) else ""


def open_notification(
    trust: Trust, apiv3_key: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> OpenedNotification:
    """Verifies and decrypts one callback; raises NotTrusted, SealBroken or Malformed."""
    if len(body) > MAX_BODY_BYTES:
        raise Malformed("the callback is too large")
    trust.verify(headers, body, now)
    envelope = read_object(body)
    event_id, event_type = envelope.get("id"), envelope.get("event_type")
    if not _fits(event_id, MAX_EVENT_ID) or not _fits(event_type, MAX_EVENT_TYPE):
        raise Malformed("the callback has no id or event type")
    plaintext = open_resource(apiv3_key, envelope.get("resource"))
    return OpenedNotification(str(event_id), str(event_type), plaintext)


def read_notification(
    trust: Trust, apiv3_key: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Notification:
    """Verifies, decrypts and parses one callback; a paid one without amounts is Malformed too."""
    opened = open_notification(trust, apiv3_key, headers, body, now)
    fact = _read_fact(opened.event_type, opened.plaintext)
    return Notification(opened.event_id, opened.event_type, fact, opened.plaintext)


def _fits(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and "\0" not in value


def _read_fact(event_type: str, plaintext: bytes) -> TransactionFact | RefundFact | None:
    if event_type.startswith("TRANSACTION."):
        return TransactionFact.read(plaintext)
    if event_type.startswith("REFUND."):
        return RefundFact.read(plaintext)
    return None
