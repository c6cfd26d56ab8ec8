"""Reads the environment's variables; an empty variable counts as not set.

The library environs refuses an empty switch or number and reads an empty list as "none", while
service managers and containers hand on variables that nobody filled in. It also keeps the line
break at the end of a secret's file, which would become part of the password.
"""

import os
from pathlib import Path


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def secret(name: str, default: str = "") -> str:
    """Returns the secret itself, or the content of the file that NAME_FILE names."""
    if path := text(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return text(name, default)


def switch(name: str, *, default: bool) -> bool:
    return text(name, str(default)).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: list[str]) -> list[str]:
    """Returns a list that is separated by commas."""
    value = text(name)
    return [word.strip() for word in value.split(",")] if value else default


def pairs(name: str, default: dict[str, str]) -> dict[str, str]:
    """Returns a secret mapping such as `2026:first,2027:second`."""
    value = secret(name)
    return dict(pair.strip().split(":", 1) for pair in value.split(",")) if value else default
