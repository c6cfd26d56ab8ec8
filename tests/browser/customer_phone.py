"""A customer's phone and what is seen on it."""

import os
from pathlib import Path

from playwright.sync_api import Page

PHONE = "13800000001"


def look(page: Page, name: str) -> None:
    """Keep a picture for a person to look at, where SCREENSHOTS says."""
    if where := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(where) / f"{name}.png")
