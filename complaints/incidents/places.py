"""Search of places by name: where a report comes from, and what an incident reaches."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from complaints.incidents.reach import Below
from customers.contracts.account_search import split_words
from customers.models import Building, Community, HeatSource, HeatStation, Loop
from office.forms.typed_numbers import read_number
from office.language import Text
from office.models import Company, User
from office.scope import CompanyScope

MOST_PLACES = 8
_KINDS: dict[str, Text] = {
    "heat_source": _("热源"),
    "heat_station": _("换热站"),
    "loop": _("二次网环路"),
    "community": _("小区"),
    "building": _("楼栋"),
}
KINDS = frozenset(_KINDS)
# Where a report can be from; nobody calls from a loop.
REPORTED_FROM = frozenset({"heat_station", "community", "building"})
P = TypeVar("P", Building, Community, HeatSource, HeatStation, Loop)


@dataclass(frozen=True)
class NamedPlace:
    """A place as a form shows it with a box to tick."""

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
    """A selection of places, separated by kind."""

    heat_sources: list[HeatSource] = field(default_factory=list)
    heat_stations: list[HeatStation] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    communities: list[Community] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.named)

    @property
    def named(self) -> list[NamedPlace]:
        """Returns all places, the widest first."""
        return [
            *(NamedPlace("heat_source", row.pk, row.name) for row in self.heat_sources),
            *(NamedPlace("heat_station", row.pk, row.name) for row in self.heat_stations),
            *(NamedPlace("loop", row.pk, str(row)) for row in self.loops),
            *(NamedPlace("community", row.pk, row.name) for row in self.communities),
            *(NamedPlace("building", row.pk, str(row)) for row in self.buildings),
        ]

    @property
    def below(self) -> Below:
        return Below(
            [row.pk for row in self.heat_sources],
            [row.pk for row in self.heat_stations],
            [row.pk for row in self.loops],
            [row.pk for row in self.communities],
            [row.pk for row in self.buildings],
        )


def find_places(
    text: str,
    user: User,
    *,
    company: Company | None = None,
    kinds: Collection[str] = REPORTED_FROM,
    limit: int = MOST_PLACES,
) -> Places:
    """Returns the user's places (or one company's) whose names contain every word.

    It takes one query per kind of place.
    """
    words = split_words(text[:80].replace("\x00", ""))
    if not words:
        return Places()

    def find(kind: str, rows: CompanyScope[P], owner: str, *names: str) -> list[P]:
        if kind not in kinds:
            return []
        whole = Concat(*_spaced(names), output_field=CharField()) if names[1:] else F(names[0])
        named = rows.visible_to(user).annotate(whole=whole).filter(_every(words, "whole"))
        if company is not None:
            named = named.filter(**{owner: company})
        return list(named.select_related(owner).order_by("name", "pk")[:limit])

    return Places(
        find("heat_source", HeatSource.objects.all(), "company", "name"),
        find("heat_station", HeatStation.objects.all(), "company", "name"),
        find("loop", Loop.objects.all(), "heat_station__company", "heat_station__name", "name"),
        find("community", Community.objects.all(), "company", "name"),
        find("building", Building.objects.all(), "community__company", "community__name", "name"),
    )


def chosen_places(company: Company, keys: Iterable[str]) -> Places:
    """Returns the places of these keys; keys of other companies are left out."""
    keys_by_kind: dict[str, set[int]] = {kind: set() for kind in _KINDS}
    for key in keys:
        kind, _colon, pk = key.partition(":")
        number = read_number(pk)
        if kind in keys_by_kind and number is not None:
            keys_by_kind[kind].add(number)
    sources = HeatSource.objects.filter(company=company, pk__in=keys_by_kind["heat_source"])
    stations = HeatStation.objects.filter(company=company, pk__in=keys_by_kind["heat_station"])
    loops = Loop.objects.filter(heat_station__company=company, pk__in=keys_by_kind["loop"])
    communities = Community.objects.filter(company=company, pk__in=keys_by_kind["community"])
    buildings = Building.objects.filter(community__company=company, pk__in=keys_by_kind["building"])
    return Places(
        list(sources),
        list(stations),
        list(loops.select_related("heat_station")),
        list(communities),
        list(buildings.select_related("community")),
    )


def _spaced(columns: Sequence[str]) -> list[Any]:
    """Returns the columns joined by blanks, as people type a whole name."""
    return [part for column in columns for part in (Value(" "), F(column))][1:]


def _every(words: list[str], column: str) -> Q:
    """Returns the condition that the column contains every word."""
    condition = Q()
    for word in words:
        condition &= Q(**{f"{column}__contains": word})
    return condition
