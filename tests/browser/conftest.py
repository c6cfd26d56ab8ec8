"""A page that may not complain, in the Chromium of `tests/conftest.py`."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from complaints.dispatch.operations import assign_ticket
from complaints.models import Visit
from complaints.tickets.intake import open_ticket
from tests.browser.repairer_phone import PHONE, sign_in
from tests.builders import an_account
from tests.clock import present
from tests.patience import PATIENCE_SECONDS
from tests.service_desk import Desk, a_desk, a_repair, publish_rules

# A busy machine takes its time; what is true sooner is seen sooner.
PATIENCE_MILLISECONDS = 1000 * PATIENCE_SECONDS
expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
        "color_scheme": "light",
    }


@pytest.fixture
def complaints() -> list[str]:
    """What the browser had to say while the page was used."""
    return []


@pytest.fixture
def quiet_page(page: Page, complaints: list[str]) -> Iterator[Page]:
    """A page on which no script may fail, no policy be broken and no stranger be asked."""
    page.set_default_timeout(PATIENCE_MILLISECONDS)

    def on_console(message: Any) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.type}: {message.text}")

    def on_request(request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme.startswith("http") and address.hostname not in {"localhost", "127.0.0.1"}:
            complaints.append(f"asked {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("request", on_request)
    yield page
    assert complaints == []


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    publish_rules()
    return a_desk()


@pytest.fixture
def visit(desk: Desk) -> Visit:
    """Assigned ten minutes ago; a cold flat whose tenant can be called."""
    now = present()
    report = a_repair(account=an_account(desk.company))
    ticket = open_ticket(desk.company, report, by=desk.agent, at=now - timedelta(minutes=20))
    at = now - timedelta(minutes=10)
    return assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=at)


@pytest.fixture
def line(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """The phone's own browser, whose line can be cut."""
    settings = {**browser_context_args, "viewport": PHONE, "has_touch": True, "is_mobile": True}
    context = browser.new_context(**settings)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def phone(line: BrowserContext, desk: Desk, visit: Visit, live_server: Any) -> Iterator[Page]:
    """The repairer signed in, today's visits before them, copies of the pages in the phone."""
    page = line.new_page()
    heard: list[str] = []

    def on_console(message: Any) -> None:
        # What the browser says of a line that is away or of a refusal is no fault of the page.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            heard.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    sign_in(page, desk, f"{live_server.url}/crew/")
    expect(page.locator("body[data-ready]")).to_be_attached()
    yield page
    assert heard == []
