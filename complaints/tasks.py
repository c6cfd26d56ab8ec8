"""Tasks of the worker process for customer service."""

from celery import shared_task
from django.utils import timezone

from complaints import customer_messages
from complaints.escalations import operations as escalations
from complaints.kpis.job import queue_nightly_kpis
from complaints.promises import firming


@shared_task(name="complaints.scan_breaches")
def scan_breaches() -> int:
    now = timezone.now()
    # First what a published calendar makes firm: nothing is said to be late by a day not worked.
    firming.firm_up_all(now)
    return escalations.scan_breaches(now)


@shared_task(name="complaints.compute_kpis")
def compute_kpis() -> bool:
    return queue_nightly_kpis(timezone.now())


@shared_task(name="complaints.confirm_receipts")
def confirm_receipts() -> int:
    return customer_messages.confirm_receipts(timezone.now())
