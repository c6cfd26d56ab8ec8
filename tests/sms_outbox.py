"""The tests' text message gateway: keeps what it was given."""


class Outbox:
    sent: list[tuple[str, str, dict[str, str]]] = []

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        self.sent.append((phone, template, values))
