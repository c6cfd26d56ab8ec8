"""An entry of the sidebar."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from office.language import Text


@dataclass(frozen=True)
class Item:
    """An entry of the sidebar, shown to people who have any of its permissions.

    `outside` marks a page outside the admin site; `waits` is the kind of waiting work
    (`heating/waiting.py`) whose count stands beside the title.
    """

    title: Text
    icon: str
    page: str
    permissions: tuple[str, ...]
    query: str = ""
    outside: bool = False
    waits: str = ""

    def shown(self, counts: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
        """Returns the entry as unfold renders it; overdue work makes the count red."""
        page = self.page if self.outside else f"admin:{self.page}"
        entry: dict[str, Any] = {
            "title": self.title,
            "icon": self.icon,
            "link": reverse(page) + self.query,
        }
        count, late = counts.get(self.waits, (0, 0))
        if count:
            # The badge must be a number: unfold imports a text as the path of a function.
            entry |= {"badge": count, "badge_variant": "danger" if late else "info"}
        return entry


@dataclass(frozen=True)
class Group:
    """The entries of one field of work under their title."""

    title: Text
    items: tuple[Item, ...]
