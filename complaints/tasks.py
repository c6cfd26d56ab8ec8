"""What the worker process runs for customer service."""

from celery import shared_task
from django.utils import timezone

from complaints.operations import escalations


@shared_task(name="complaints.scan_breaches")
def scan_breaches() -> int:
    return escalations.scan_breaches(timezone.now())
