"""A real browser: Debian's Chromium, and a page that may not complain."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
HOW_TO_INSTALL = (
    f"There is no Chromium at {CHROMIUM}. Install it with "
    "`apt-get install -y --no-install-recommends chromium`, "
    "or name another one in the variable CHROMIUM."
)

# A busy machine takes its time; what is true sooner is seen sooner.
expect.set_options(timeout=20_000)

# Playwright keeps an event loop in this thread, and Django would refuse the ORM beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM.exists():
        pytest.fail(HOW_TO_INSTALL)
    return {
        "executable_path": str(CHROMIUM),
        "headless": True,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


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
    page.set_default_timeout(10_000)

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
