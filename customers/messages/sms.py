"""Text messages: one interface, chosen by the setting SMS_SENDER."""

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotAccepted(Exception):
    """The gateway said no: the message is certainly not on its way and may be tried again."""


class SmsSender(Protocol):
    """A gateway. `send` raises `NotAccepted` when the gateway said no, and anything else when
    nobody knows; it gives up within minutes. Texts are templates the gateway has approved, so only
    the template's name and its values are handed over."""

    def send(self, phone: str, template: str, values: dict[str, str]) -> None: ...


class ConsoleSender:
    """The demo's gateway: the message appears where the worker prints."""

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        words = " ".join(f"{name}={value}" for name, value in values.items())
        sys.stdout.write(f"\n[短信 SMS] {phone} {template} {words}\n")
        sys.stdout.flush()


def sms_sender() -> SmsSender:
    sender: SmsSender = import_string(settings.SMS_SENDER)()
    return sender
