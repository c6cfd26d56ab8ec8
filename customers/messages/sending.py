"""The sending of waiting messages, one after another; the gateway is called between
transactions.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from customers.messages import operations as messages
from customers.messages.sms import NotAccepted, SmsSender, sms_sender
from customers.models import Message
from office.actors import Actor
from office.sealing import unseal

logger = logging.getLogger(__name__)

SENDER = Actor.system("send_messages")
# A round ends after this many messages or this time, so that its worker is free in between.
ROUND = 500
ROUND_TIME = timedelta(seconds=30)


def send_messages(
    *, most: int = ROUND, now: Callable[[], datetime] = lambda: timezone.now()
) -> int:
    """Sends the waiting messages and returns how many it tried; several workers may run it at
    once.
    """
    began = now()
    messages.settle_messages(by=SENDER, at=began)
    gateway = sms_sender()
    for tried in range(most):
        if now() - began > ROUND_TIME:
            return tried
        message = messages.claim_message(now())
        if message is None:
            return tried
        _send(gateway, message, now)
    return most


def _send(gateway: SmsSender, message: Message, now: Callable[[], datetime]) -> None:
    try:
        gateway.send(message.phone, message.template, _values_in_clear(message))
    except NotAccepted as refusal:
        messages.record_not_accepted(message, str(refusal), at=now())
    except Exception as error:  # noqa: BLE001 - whatever a gateway's library raises
        logger.warning("message %s: %r", message.pk, error)
        messages.lose_message(message, f"{type(error).__name__}: {error}", by=SENDER, at=now())
    else:
        messages.record_sent(message, at=now())


def _values_in_clear(message: Message) -> dict[str, str]:
    """Returns all values of the message; the sealed ones are opened only for the gateway."""
    hidden = json.loads(unseal(message.sealed, messages.SEALED_VALUES)) if message.sealed else {}
    return {**message.values, **hidden}
