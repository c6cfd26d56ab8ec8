"""The inbox of notifications: each is stored, acknowledged, and only then booked."""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from billing.alarms.operations import raise_alarm
from billing.models import ProviderEvent, Verdict
from billing.wechat.attempts import apply_transaction_fact
from billing.wechat.merchants import wechat_pay
from billing.wechatpay.facts import Malformed, TransactionFact, read_object
from billing.wechatpay.notification import OpenedNotification
from billing.wechatpay.sealing import SealBroken, open_resource
from office.actors import Actor
from office.calendar import business_date

logger = logging.getLogger(__name__)

WECHATPAY = "wechatpay"
CALLBACK = Actor.system("wechat callback")
# The header fields that prove later which signature was verified.
_STORED_HEADERS = (
    "Wechatpay-Timestamp",
    "Wechatpay-Nonce",
    "Wechatpay-Signature",
    "Wechatpay-Serial",
    "Wechatpay-Signature-Type",
)


@transaction.atomic
def store_notification(
    notification: OpenedNotification, *, headers: Mapping[str, str], body: bytes, at: datetime
) -> tuple[ProviderEvent, bool]:
    """A step of `wechat_notify`, in a transaction of its own: stores a verified notification.

    Returns the event and whether it is new; a notification that is sent again returns the first.
    """
    return ProviderEvent.objects.get_or_create(
        provider=WECHATPAY,
        event_id=notification.event_id,
        defaults={
            "event_type": notification.event_type,
            "out_trade_no": notification.out_trade_no,
            "headers": {name: headers[name] for name in _STORED_HEADERS if name in headers},
            "body": body,
            "received_at": at,
        },
    )


@transaction.atomic
def process_event(event: ProviderEvent, *, at: datetime) -> ProviderEvent:
    """A step of the inbox, in a transaction of its own: books an event once, with its verdict."""
    # The web process and the inbox's task may take the same event: the second finds the verdict.
    locked_event = ProviderEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if locked_event.verdict != Verdict.RECEIVED:
        return locked_event
    if locked_event.event_type.startswith("TRANSACTION."):
        _book_transaction(locked_event, at)
    else:
        _set_aside(locked_event, at)
    locked_event.processed_at = at
    locked_event.save(update_fields=["verdict", "note", "processed_at"])
    return locked_event


def process_waiting_events(*, at: datetime, limit: int = 500) -> int:
    """Books the events that a stopped process left in the inbox; returns how many were waiting.

    A failing event is logged and stays, so that it does not stop the others.
    """
    events = list(ProviderEvent.objects.filter(verdict=Verdict.RECEIVED).order_by("pk")[:limit])
    for event in events:
        try:
            process_event(event, at=at)
        except Exception:
            logger.exception("event %s stays in the inbox", event.pk)
    return len(events)


@transaction.atomic
def report_wrong_apiv3_key(*, at: datetime) -> None:
    """A step of `wechat_notify`, in a transaction of its own: raises an alarm once a day.

    The signature is genuine but the content cannot be decrypted: the APIv3 key was changed, or ours
    is wrong.
    """
    raise_alarm(
        "apiv3_key_wrong",
        key=f"{business_date(at)}",
        sentence="微信支付的通知无法解密：APIv3 密钥与商户平台不一致，请立即更换密钥；"
        "更换后微信会重发通知。",
        at=at,
    )


def _book_transaction(locked_event: ProviderEvent, at: datetime) -> None:
    """Decrypts the notification and books it; an incomplete one raises an alarm and is refused."""
    merchant = wechat_pay().merchant
    try:
        body = read_object(bytes(locked_event.body))
        fact = TransactionFact.read(open_resource(merchant.apiv3_key, body.get("resource")))
    except (Malformed, SealBroken) as fault:
        locked_event.verdict = Verdict.REFUSED
        locked_event.note = str(fault)[:200]
        raise_alarm(
            "unreadable_notification",
            key=locked_event.event_id,
            sentence="收到签名有效但内容不完整的支付通知，没有入账；请按商户订单号向微信支付核实。",
            at=at,
            out_trade_no=locked_event.out_trade_no,
            fault=locked_event.note,
        )
        return
    locked_event.verdict = apply_transaction_fact(fact, merchant=merchant, by=CALLBACK, at=at)


def _set_aside(locked_event: ProviderEvent, at: datetime) -> None:
    """Marks an event that needs no booking; a refund raises an alarm, so that a person books it."""
    locked_event.verdict = Verdict.IGNORED
    if locked_event.event_type.startswith("REFUND."):
        raise_alarm(
            "refund_notification",
            key=locked_event.event_id,
            sentence="收到退款通知，系统尚不能自动入账；请在商户平台核实这笔退款并人工处理。",
            at=at,
            out_trade_no=locked_event.out_trade_no,
            event_type=locked_event.event_type,
        )
