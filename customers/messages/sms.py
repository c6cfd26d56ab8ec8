"""Text messages: one interface, whose implementation the setting SMS_SENDER chooses."""

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotAccepted(Exception):
    """The error of a message that the gateway refused: it was certainly not sent and may be
    retried.
    """


class SmsSender(Protocol):
    """The interface of a gateway.

    `send` raises `NotAccepted` when the gateway refused, and any other error when the outcome is
    unknown; it gives up within minutes. Texts are templates that the gateway has approved, so that
    only the template's name and its values are passed on.
    """

    def send(self, phone: str, template: str, values: dict[str, str]) -> None: ...


class ConsoleSender:
    """The gateway of the demo, which prints the message in the worker's output."""

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        words = " ".join(f"{name}={value}" for name, value in values.items())
        sys.stdout.write(f"\n[短信 SMS] {phone} {template} {words}\n")
        sys.stdout.flush()


def sms_sender() -> SmsSender:
    sender: SmsSender = import_string(settings.SMS_SENDER)()
    return sender
