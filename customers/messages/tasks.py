"""The job that sends text messages."""

from celery import shared_task
from django.core.cache import cache

from customers.messages.sending import send_messages as send

# Twice the length of a round: after this time a killed worker's lock no longer stops the next.
SENDING_CLAIM_SECONDS = 60


@shared_task(name="customers.send_messages")
def send_messages() -> int:
    """Runs one round at a time, so that a notice to a whole city leaves workers for other work."""
    if not cache.add("customers.send_messages", 1, SENDING_CLAIM_SECONDS):
        return 0
    try:
        return send()
    finally:
        cache.delete("customers.send_messages")
