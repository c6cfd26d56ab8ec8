"""A record's form sent as a browser does: with the hashes of the facts that its page showed."""

import re
from typing import Any

from django.test import Client

HIDDEN = re.compile(r'name="((?:\w+-\d+-)?shown_facts)"\s+value="([^"]*)"')


def hashes(page: Any) -> dict[str, str]:
    """Returns the hidden inputs with the hashes of the facts that the page showed."""
    return dict(HIDDEN.findall(page.content.decode()))


def send_shown(client: Client, address: str, values: dict[str, Any]) -> Any:
    """Opens the record's page and posts its form with these values."""
    return client.post(address, {**values, **hashes(client.get(address))})
