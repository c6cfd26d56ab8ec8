"""Where it is, when nobody's account says so: buildings, communities and heat stations by name."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat

from customers.models import Building, Community, HeatStation
from customers.queries.account_search import split_words
from office.models import User

MOST_PLACES = 8
P = TypeVar("P", Building, Community, HeatStation)


@dataclass(frozen=True)
class Places:
    """What was found, the nearest to a door first."""

    buildings: list[Building]
    communities: list[Community]
    heat_stations: list[HeatStation]

    def __bool__(self) -> bool:
        return bool(self.buildings or self.communities or self.heat_stations)


def find_places(text: str, user: User, *, limit: int = MOST_PLACES) -> Places:
    """Places of the user's companies whose name holds every word; three queries."""
    words = split_words(text[:80].replace("\x00", ""))
    if not words:
        return Places([], [], [])
    whole = Concat(F("community__name"), Value(" "), F("name"), output_field=CharField())
    buildings = Building.objects.visible_to(user).annotate(whole=whole)
    return Places(
        buildings=_few(buildings.filter(_every(words, "whole")), "community__company", limit),
        communities=_few(
            Community.objects.visible_to(user).filter(_every(words, "name")), "company", limit
        ),
        heat_stations=_few(
            HeatStation.objects.visible_to(user).filter(_every(words, "name")), "company", limit
        ),
    )


def _every(words: list[str], column: str) -> Q:
    wanted = Q()
    for word in words:
        wanted &= Q(**{f"{column}__contains": word})
    return wanted


def _few(rows: QuerySet[P], company: str, limit: int) -> list[P]:
    return list(rows.select_related(company).order_by("name")[:limit])
