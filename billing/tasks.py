"""The Celery tasks of billing."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from billing.reconciliation import channel_days
from billing.wechat import inbox as provider_events
from billing.wechat import own_refunds, wechat_calls

# A sweep calls WeChat Pay and may take long: a second one beside it would ask the same again.
SWEEP_CLAIM_SECONDS = 600


@shared_task(name="billing.process_waiting_events")
def process_waiting_events() -> int:
    """Books the notifications that a stopped process left in the inbox."""
    return provider_events.process_waiting_events(at=timezone.now())


@shared_task(name="billing.sweep_attempts")
def sweep_attempts() -> int:
    """Asks WeChat Pay about due orders; does nothing while an earlier sweep runs."""
    if not cache.add("billing.sweep_attempts", 1, SWEEP_CLAIM_SECONDS):
        return 0
    try:
        return wechat_calls.sweep_attempts(at=timezone.now())
    finally:
        cache.delete("billing.sweep_attempts")


@shared_task(name="billing.refresh_certificates")
def refresh_certificates() -> int:
    """Downloads WeChat Pay's platform certificates."""
    return wechat_calls.refresh_certificates(at=timezone.now())


@shared_task(name="billing.reconcile_channels")
def reconcile_channels() -> int:
    """Compares the days of the last week that are not closed with the providers' bills."""
    return channel_days.reconcile_channels(at=timezone.now())


@shared_task(name="billing.sweep_refunds")
def sweep_refunds() -> int:
    """Asks WeChat Pay for due refunds; does nothing while an earlier sweep runs."""
    if not cache.add("billing.sweep_refunds", 1, SWEEP_CLAIM_SECONDS):
        return 0
    try:
        return own_refunds.sweep_refunds(at=timezone.now())
    finally:
        cache.delete("billing.sweep_refunds")
