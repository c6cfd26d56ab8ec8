"""Cards that an app puts on the page of another app's record, such as tickets on an account.

The page's own app lies below and may not import the one that knows more about the record.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from office.models import User


@dataclass(frozen=True)
class Panel:
    """A card: its template and what it shows, read by a fixed number of queries."""

    template: str
    context: Mapping[str, Any]


Maker = Callable[[Any, User], Panel | None]
_MAKERS: dict[type[Model], list[Maker]] = defaultdict(list)


def add_panel(model: type[Model], maker: Maker) -> None:
    """Puts a card on the page of each record of the model; None from `maker` is no card."""
    if maker not in _MAKERS[model]:
        _MAKERS[model].append(maker)


def panels_of(record: Model, user: User) -> list[Panel]:
    """Returns the cards that other apps show to the user on the record's page."""
    panels = (maker(record, user) for maker in _MAKERS[type(record)])
    return [panel for panel in panels if panel is not None]
