"""What a repairer does on the phone, by the page's own buttons."""

import zlib
from pathlib import Path
from struct import pack

from playwright.sync_api import BrowserContext, Page, expect

from tests.builders import PASSWORD
from tests.service_desk import Desk

PHONE = {"width": 390, "height": 844}


def a_picture(path: Path, side: int = 40) -> Path:
    """A red square as PNG."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))

    rows = b"".join(b"\x00" + b"\xc0\x30\x20" * side for _ in range(side))
    head = pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


def sign_in(page: Page, desk: Desk, address: str) -> None:
    assert desk.repairer.user is not None
    page.goto(address)
    page.fill("#id_username", desk.repairer.user.username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    expect(page.locator("#line")).to_be_visible()


def open_visit(page: Page) -> None:
    page.locator(".visit-card").click()
    expect(page.locator("#track")).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign(page: Page, pad: str) -> None:
    canvas = page.locator(f"#{pad}")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 40 + 25 * step, box["y"] + 40 + (step % 3) * 30)
    page.mouse.up()


def all_sent(page: Page) -> None:
    expect(page.locator("#line-text")).to_have_text("全部已发送")


def arrive(page: Page) -> None:
    """Accepted, departed, arrived, and the office knows it."""
    open_visit(page)
    for name in ("接单", "我已出发", "我已到场"):
        press(page, name)
    expect(page.locator("#find textarea")).to_be_visible()
    all_sent(page)


def cut(line: BrowserContext) -> None:
    line.set_offline(True)


def mend(line: BrowserContext) -> None:
    line.set_offline(False)
