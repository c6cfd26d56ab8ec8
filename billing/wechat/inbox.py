"""The inbox of notifications: each is stored, acknowledged, and only then booked."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from billing.alarms.operations import raise_alarm
from billing.models import Attempt, ProviderEvent, Verdict
from billing.wechat.attempts import apply_transaction_fact
from billing.wechat.merchants import WECHATPAY, wechat_pay
from billing.wechat.refunds import apply_refund_fact
from billing.wechatpay.facts import Malformed, RefundFact, TransactionFact, read_object
from billing.wechatpay.notification import OpenedNotification
from billing.wechatpay.sealing import SealBroken, open_resource
from office.actors import Actor
from office.calendar import business_date

logger = logging.getLogger(__name__)

CALLBACK = Actor.system("wechat callback")
# A notification that fails so often raises an alarm; each failure doubles the wait for a new try.
ALARM_AFTER_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
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
    if locked_event.event_type.startswith(("TRANSACTION.", "REFUND.")):
        _book(locked_event, at)
    else:
        locked_event.verdict = Verdict.IGNORED
    locked_event.processed_at = at
    locked_event.save(update_fields=["verdict", "note", "processed_at"])
    return locked_event


def process_waiting_events(*, at: datetime, limit: int = 500) -> int:
    """Books the events that a stopped process left in the inbox; returns how many were due.

    Those that failed before come after the others and wait longer each time.
    """
    waiting = ProviderEvent.objects.filter(verdict=Verdict.RECEIVED)
    due = waiting.filter(Q(next_try_at=None) | Q(next_try_at__lte=at))
    events = list(due.order_by("tries", "pk")[:limit])
    for event in events:
        try_event(event, at=at)
    return len(events)


def try_event(event: ProviderEvent, *, at: datetime) -> None:
    """Books an event; one that fails is logged, counted and stays in the inbox."""
    try:
        process_event(event, at=at)
    except Exception as fault:
        logger.exception("event %s stays in the inbox", event.pk)
        count_failure(event, type(fault).__name__, at=at)


@transaction.atomic
def count_failure(event: ProviderEvent, fault: str, *, at: datetime) -> ProviderEvent:
    """A step of the inbox, in a transaction of its own: counts a try that failed.

    After `ALARM_AFTER_TRIES` it raises an alarm, once. The event is tried again all the same.
    """
    # The web process and the inbox's task may fail on the same event: both tries count.
    locked_event = ProviderEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if locked_event.verdict != Verdict.RECEIVED:
        return locked_event
    locked_event.tries += 1
    locked_event.note = fault
    wait = FIRST_WAIT * 2 ** min(locked_event.tries - 1, 10)
    locked_event.next_try_at = at + min(wait, LONGEST_WAIT)
    locked_event.save(update_fields=["tries", "note", "next_try_at"])
    if locked_event.tries >= ALARM_AFTER_TRIES:
        attempts = Attempt.objects.filter(number=locked_event.out_trade_no)
        attempt = attempts.select_related("intent__company").first()
        raise_alarm(
            "event_not_booked",
            key=locked_event.event_id,
            sentence=f"支付通知处理失败 {ALARM_AFTER_TRIES} 次，尚未入账；系统会继续重试，"
            "请通知管理员查明原因，并到商户平台核实这笔订单。",
            at=at,
            company=attempt.intent.company if attempt else None,
            out_trade_no=locked_event.out_trade_no,
            event_type=locked_event.event_type,
            fault=fault,
        )
    return locked_event


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


def _book(locked_event: ProviderEvent, at: datetime) -> None:
    """Decrypts the notification and books it; an incomplete one raises an alarm and is refused."""
    merchant = wechat_pay().merchant
    is_refund = locked_event.event_type.startswith("REFUND.")
    fact: RefundFact | TransactionFact
    try:
        body = read_object(bytes(locked_event.body))
        content = open_resource(merchant.apiv3_key, body.get("resource"))
        fact = RefundFact.read(content) if is_refund else TransactionFact.read(content)
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
    locked_event.note = ""
    if isinstance(fact, RefundFact):
        locked_event.verdict = apply_refund_fact(fact, merchant=merchant, by=CALLBACK, at=at)
    else:
        locked_event.verdict = apply_transaction_fact(fact, merchant=merchant, by=CALLBACK, at=at)
