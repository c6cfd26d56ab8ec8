"""The inbox of provider notifications: kept first, acknowledged, then worked through."""

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
# Header fields that prove later whose signature was believed.
_KEPT_HEADERS = (
    "Wechatpay-Timestamp",
    "Wechatpay-Nonce",
    "Wechatpay-Signature",
    "Wechatpay-Serial",
    "Wechatpay-Signature-Type",
)


@transaction.atomic
def store_notification(
    opened: OpenedNotification, *, headers: Mapping[str, str], body: bytes, at: datetime
) -> tuple[ProviderEvent, bool]:
    """Keep a believed notification as it came; False when this event has come before."""
    return ProviderEvent.objects.get_or_create(
        provider=WECHATPAY,
        event_id=opened.event_id,
        defaults={
            "event_type": opened.event_type,
            "out_trade_no": opened.out_trade_no,
            "headers": {name: headers[name] for name in _KEPT_HEADERS if name in headers},
            "body": body,
            "received_at": at,
        },
    )


@transaction.atomic
def process_event(event: ProviderEvent, *, at: datetime) -> ProviderEvent:
    """Take in what a kept notification says, once; the money and the verdict in one transaction."""
    held = ProviderEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if held.verdict != Verdict.RECEIVED:
        return held
    if held.event_type.startswith("TRANSACTION."):
        _take_in_transaction(held, at)
    else:
        _set_aside(held, at)
    held.processed_at = at
    held.save(update_fields=["verdict", "note", "processed_at"])
    return held


def process_waiting_events(*, at: datetime, limit: int = 500) -> int:
    """Work through what a stopped process left in the inbox; one bad event stops no other."""
    waiting = list(ProviderEvent.objects.filter(verdict=Verdict.RECEIVED).order_by("pk")[:limit])
    for event in waiting:
        try:
            process_event(event, at=at)
        except Exception:
            logger.exception("event %s stays in the inbox", event.pk)
    return len(waiting)


@transaction.atomic
def report_wrong_apiv3_key(*, at: datetime) -> None:
    """A genuine notification does not open: the APIv3 key was changed, or ours is wrong."""
    raise_alarm(
        "apiv3_key_wrong",
        key=f"{business_date(at)}",
        sentence="微信支付的通知无法解密：APIv3 密钥与商户平台不一致，请立即更换密钥；"
        "更换后微信会重发通知。",
        at=at,
    )


def _take_in_transaction(held: ProviderEvent, at: datetime) -> None:
    merchant = wechat_pay().merchant
    try:
        said = read_object(bytes(held.body))
        fact = TransactionFact.read(open_resource(merchant.apiv3_key, said.get("resource")))
    except (Malformed, SealBroken) as fault:
        held.verdict = Verdict.REFUSED
        held.note = str(fault)[:200]
        raise_alarm(
            "unreadable_notification",
            key=held.event_id,
            sentence="收到签名有效但内容不完整的支付通知，没有入账；请按商户订单号向微信支付核实。",
            at=at,
            out_trade_no=held.out_trade_no,
            fault=held.note,
        )
        return
    held.verdict = apply_transaction_fact(fact, merchant=merchant, by=CALLBACK, at=at)


def _set_aside(held: ProviderEvent, at: datetime) -> None:
    held.verdict = Verdict.IGNORED
    if held.event_type.startswith("REFUND."):
        raise_alarm(
            "refund_notification",
            key=held.event_id,
            sentence="收到退款通知，系统尚不能自动入账；请在商户平台核实这笔退款并人工处理。",
            at=at,
            out_trade_no=held.out_trade_no,
            event_type=held.event_type,
        )
