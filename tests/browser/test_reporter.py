"""A reporter with a small phone and no scripts: from the front page to the talk and away."""

import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import PATIENCE_MILLISECONDS
from tests.whistleblowing.island_records import FACTS, an_officer, signed_in
from whistleblowing.models import Report

pytestmark = pytest.mark.django_db(transaction=True)
WIDTH, MOST_BYTES = 320, 60_000


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": WIDTH, "height": 640}, locale="zh-CN"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    yield page
    context.close()


def _width(page: Page) -> int:
    """How wide the page is with everything that sticks out of the screen."""
    (width,) = struct.unpack(">I", page.screenshot(full_page=True)[16:20])
    return int(width)


def test_a_report_is_filed_and_answered_without_scripts_at_320_pixels(
    phone: Page, live_server: LiveServer, settings: Any
) -> None:
    settings.WHISTLEBLOWING_EXIT = f"{live_server.url}/report/en/"
    head = an_officer()
    weights: dict[str, int] = {}
    hosts: set[str | None] = set()

    def weigh(response: Response) -> None:
        hosts.add(urlsplit(response.url).hostname)
        if response.ok and response.request.method == "GET":
            weights[response.url] = len(response.body())

    phone.on("response", weigh)
    widths = []
    phone.goto(f"{live_server.url}/report/zh/")
    widths.append(_width(phone))
    phone.goto(f"{live_server.url}/report/zh/new")
    widths.append(_width(phone))
    phone.select_option("[name=kind]", FACTS["kind_of_fraud"])
    phone.fill("[name=accused]", "张三😀𬭎")
    phone.fill("[name=what]", "收受供应商回扣" * 40)
    phone.set_input_files(
        "[name=files]", {"name": "发票.txt", "mimeType": "text/plain", "buffer": b"x" * 2000}
    )
    phone.click("text=加密提交")
    receipt = phone.locator(".receipt").inner_text()
    widths.append(_width(phone))
    assert len(receipt.replace(" ", "")) == 16
    assert phone.context.cookies() == []

    phone.goto(f"{live_server.url}/report/zh/receipt")
    phone.fill("[name=receipt]", receipt)
    phone.click("button[type=submit]")
    expect(phone.locator("main")).to_contain_text("收受供应商回扣")
    widths.append(_width(phone))
    phone.locator("textarea[name=text]").last.fill("补充：发票号 0417")
    phone.click("text=发送")
    expect(phone.locator("main")).to_contain_text("发票号 0417")
    phone.click("text=快速离开")
    phone.wait_for_url("**/report/en/")
    assert phone.context.cookies() == []
    widths.append(_width(phone))
    assert widths == [WIDTH] * 5
    assert hosts == {urlsplit(live_server.url).hostname}
    sheets = sum(size for url, size in weights.items() if "/static/" in url)
    pages = [size for url, size in weights.items() if "/static/" not in url]
    assert 0 < sheets + max(pages) < MOST_BYTES
    assert "张三😀𬭎" in signed_in(head).get("/audit/").content.decode()
    assert Report.objects.count() == 1
