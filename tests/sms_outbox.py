"""The tests' text message gateway: keeps what it was given."""

import os
import time

from customers.messages.sms import NotAccepted


class Outbox:
    sent: list[tuple[str, str, dict[str, str]]] = []

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        self.sent.append((phone, template, values))


class Refusing:
    """A gateway that takes nothing."""

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        raise NotAccepted("余额不足")


class Silent:
    """A gateway whose answer never comes."""

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        raise TimeoutError("no answer")


class Slow:
    """A gateway that notes down whom it was asked to tell and then takes its time."""

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        with open(os.environ["SMS_LOG"], "a") as log:
            log.write(f"{phone}\n")
        time.sleep(0.2)
