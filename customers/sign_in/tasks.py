"""The jobs of the sign-in: sending a code, deleting old sign-ins."""

from celery import shared_task
from django.utils import timezone

from customers.messages.sms import sms_sender
from customers.sign_in.live_tokens import is_on_file
from customers.sign_in.operations import forget_sign_ins as forget
from office.actors import Actor
from office.sealing import unseal

SEALED_CODE = "customers.sms_code"


@shared_task(name="customers.send_sign_in_sms")
def send_sign_in_sms(phone: str, sealed_code: str) -> bool:
    """Sends the code if the phone is registered.

    The worker checks that, so that the web answers both cases alike, also in time.
    """
    if not is_on_file(phone):
        return False
    sms_sender().send(phone, "sign_in", {"code": unseal(sealed_code, SEALED_CODE)})
    return True


@shared_task(name="customers.forget_sign_ins")
def forget_sign_ins() -> int:
    return forget(by=Actor.system("forget_sign_ins"), at=timezone.now())
