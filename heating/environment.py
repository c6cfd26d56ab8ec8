"""Reads what the machine's environment says; an empty variable counts as not set."""

import os
from pathlib import Path


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def secret(name: str, default: str = "") -> str:
    """The secret itself, or the content of the file that NAME_FILE points at."""
    if path := text(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return text(name, default)


def switch(name: str, *, default: bool) -> bool:
    return text(name, str(default)).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: list[str]) -> list[str]:
    """A list separated by commas."""
    given = text(name)
    return [word.strip() for word in given.split(",")] if given else default


def pairs(name: str, default: dict[str, str]) -> dict[str, str]:
    """A secret mapping such as `2026:first,2027:second`."""
    given = secret(name)
    return dict(pair.strip().split(":", 1) for pair in given.split(",")) if given else default
