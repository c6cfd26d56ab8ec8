"""What the worker process runs for customers."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from customers.operations.sign_in import forget_sign_ins as forget
from customers.queries.sign_ins import is_on_file
from customers.sending import send_messages as send
from customers.sms import sms_sender
from office.actors import Actor
from office.sealing import unseal

SEALED_CODE = "customers.sms_code"
# Twice a round: when a worker is killed in one, the next begins after so long.
SENDING_CLAIM_SECONDS = 60


@shared_task(name="customers.send_sign_in_sms")
def send_sign_in_sms(phone: str, sealed_code: str) -> bool:
    """Send the code if the phone is on file; asking that here keeps the answer to the web alike."""
    if not is_on_file(phone):
        return False
    sms_sender().send(phone, "sign_in", {"code": unseal(sealed_code, SEALED_CODE)})
    return True


@shared_task(name="customers.forget_sign_ins")
def forget_sign_ins() -> int:
    return forget(by=Actor.system("forget_sign_ins"), at=timezone.now())


@shared_task(name="customers.send_messages")
def send_messages() -> int:
    """One round at a time, so that a notice to a whole city leaves workers for other work."""
    if not cache.add("customers.send_messages", 1, SENDING_CLAIM_SECONDS):
        return 0
    try:
        return send()
    finally:
        cache.delete("customers.send_messages")
