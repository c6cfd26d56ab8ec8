"""Places found by their names: where a report is from, and how far a cause reaches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from complaints.queries.incidents import Below
from customers.models import Building, Community, HeatStation
from customers.queries.account_search import split_words
from office.language import Text
from office.models import Company, User

MOST_PLACES = 8
_KINDS: dict[str, Text] = {
    "heat_station": _("换热站"),
    "community": _("小区"),
    "building": _("楼栋"),
}
P = TypeVar("P", Building, Community, HeatStation)


@dataclass(frozen=True)
class NamedPlace:
    """A place as it is ticked on a form."""

    kind: str
    pk: int
    name: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}"

    @property
    def kind_name(self) -> Text:
        return _KINDS[self.kind]


@dataclass(frozen=True)
class Places:
    """Some places, each kind by itself."""

    heat_stations: list[HeatStation] = field(default_factory=list)
    communities: list[Community] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.buildings or self.communities or self.heat_stations)

    @property
    def named(self) -> list[NamedPlace]:
        """All of them, the wider ones first."""
        return [
            *(NamedPlace("heat_station", row.pk, row.name) for row in self.heat_stations),
            *(NamedPlace("community", row.pk, row.name) for row in self.communities),
            *(NamedPlace("building", row.pk, str(row)) for row in self.buildings),
        ]

    @property
    def below(self) -> Below:
        return Below(
            [row.pk for row in self.heat_stations],
            [row.pk for row in self.communities],
            [row.pk for row in self.buildings],
        )


def find_places(
    text: str, user: User, *, company: Company | None = None, limit: int = MOST_PLACES
) -> Places:
    """Places of the user's companies, or of one, whose name holds every word; three queries."""
    words = split_words(text[:80].replace("\x00", ""))
    if not words:
        return Places()
    stations = HeatStation.objects.visible_to(user).filter(_every(words, "name"))
    communities = Community.objects.visible_to(user).filter(_every(words, "name"))
    whole = Concat(F("community__name"), Value(" "), F("name"), output_field=CharField())
    named = Building.objects.visible_to(user).annotate(whole=whole)
    buildings = named.filter(_every(words, "whole"))
    if company is not None:
        stations = stations.filter(company=company)
        communities = communities.filter(company=company)
        buildings = buildings.filter(community__company=company)
    return Places(
        _few(stations, "company", limit),
        _few(communities, "company", limit),
        _few(buildings, "community__company", limit),
    )


def chosen_places(company: Company, keys: Iterable[str]) -> Places:
    """The places of these keys; what is no place of the company is not among them."""
    wanted: dict[str, set[int]] = {kind: set() for kind in _KINDS}
    for key in keys:
        kind, _colon, pk = key.partition(":")
        if kind in wanted and pk.isdecimal() and len(pk) < 19:
            wanted[kind].add(int(pk))
    return Places(
        list(HeatStation.objects.filter(company=company, pk__in=wanted["heat_station"])),
        list(Community.objects.filter(company=company, pk__in=wanted["community"])),
        list(
            Building.objects.filter(
                community__company=company, pk__in=wanted["building"]
            ).select_related("community")
        ),
    )


def _every(words: list[str], column: str) -> Q:
    wanted = Q()
    for word in words:
        wanted &= Q(**{f"{column}__contains": word})
    return wanted


def _few(rows: QuerySet[P], company: str, limit: int) -> list[P]:
    return list(rows.select_related(company).order_by("name", "pk")[:limit])
