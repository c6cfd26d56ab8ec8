"""A callback: believed first, opened second, read third; no network and nothing stored here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from billing.wechatpay.facts import Malformed, RefundFact, TransactionFact, read_object
from billing.wechatpay.sealing import open_resource
from billing.wechatpay.trust import Trust

MAX_BODY_BYTES = 256 * 1024


@dataclass(frozen=True)
class Notification:
    """A believed callback; `fact` is None for an event we do not book, `plaintext` was sealed."""

    event_id: str
    event_type: str
    fact: TransactionFact | RefundFact | None
    plaintext: bytes = field(repr=False)


def read_notification(
    trust: Trust, apiv3_key: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Notification:
    """Verify, decrypt and read; raises NotTrusted, SealBroken or Malformed, each with `status`."""
    if len(body) > MAX_BODY_BYTES:
        raise Malformed("the callback is too large")
    trust.verify(headers, body, now)
    said = read_object(body)
    event_id, event_type = said.get("id"), said.get("event_type")
    if not isinstance(event_id, str) or not isinstance(event_type, str) or not event_id:
        raise Malformed("the callback has no id or event type")
    plaintext = open_resource(apiv3_key, said.get("resource"))
    return Notification(event_id, event_type, _read_fact(event_type, plaintext), plaintext)


def _read_fact(event_type: str, plaintext: bytes) -> TransactionFact | RefundFact | None:
    if event_type.startswith("TRANSACTION."):
        return TransactionFact.read(plaintext)
    if event_type.startswith("REFUND."):
        return RefundFact.read(plaintext)
    return None
