"""The inbox of provider notifications: kept first, acknowledged, then worked through."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from billing.merchants import wechat_pay
from billing.models import ProviderEvent, Verdict
from billing.operations.wechat_attempts import apply_transaction_fact
from billing.wechatpay.facts import Malformed, TransactionFact
from billing.wechatpay.notification import Notification
from billing.wechatpay.sealing import open_resource
from billing.wechatpay.facts import read_object
from office.actors import Actor

WECHATPAY = "wechatpay"
CALLBACK = Actor.system("wechat callback")


@transaction.atomic
def store_notification(
    notification: Notification, *, headers: Mapping[str, str], body: bytes, at: datetime
) -> tuple[ProviderEvent, bool]:
    """Keep a believed notification; False when this event has come before."""
    fact = notification.fact
    return ProviderEvent.objects.get_or_create(
        provider=WECHATPAY,
        event_id=notification.event_id,
        defaults={
            "event_type": notification.event_type,
            "out_trade_no": fact.out_trade_no if fact else "",
            "headers": dict(headers),
            "body": body,
            "received_at": at,
        },
    )


@transaction.atomic
def process_event(event: ProviderEvent, *, at: datetime) -> ProviderEvent:
    """Take in what a kept notification says, once; the money and the verdict in one transaction."""
    held = ProviderEvent.objects.select_for_update().get(pk=event.pk)
    if held.verdict != Verdict.RECEIVED:
        return held
    merchant = wechat_pay().merchant
    try:
        if held.event_type.startswith("TRANSACTION."):
            said = read_object(bytes(held.body))
            fact = TransactionFact.read(open_resource(merchant.apiv3_key, said.get("resource")))
            held.verdict = apply_transaction_fact(fact, merchant=merchant, by=CALLBACK, at=at)
        else:
            held.verdict = Verdict.IGNORED
    except Malformed as fault:
        held.verdict = Verdict.REFUSED
        held.note = str(fault)[:200]
    held.processed_at = at
    held.save()
    return held


def process_waiting_events(*, at: datetime, limit: int = 500) -> int:
    """Work through what a stopped process left in the inbox."""
    waiting = list(
        ProviderEvent.objects.filter(verdict=Verdict.RECEIVED).order_by("pk")[:limit]
    )
    for event in waiting:
        process_event(event, at=at)
    return len(waiting)
