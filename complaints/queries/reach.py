"""Places found by their names, as the reach of a cause is put together."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from complaints.queries.incidents import Below
from customers.models import Building, Community, HeatStation
from office.language import Text
from office.models import Company

MOST_FOUND = 30
_KINDS: dict[str, Text] = {
    "heat_station": _("换热站"),
    "community": _("小区"),
    "building": _("楼栋"),
}


@dataclass(frozen=True)
class FoundPlace:
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
class ChosenPlaces:
    """What was ticked, each kind by itself."""

    heat_stations: list[HeatStation] = field(default_factory=list)
    communities: list[Community] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)

    @property
    def found(self) -> list[FoundPlace]:
        return [
            *(FoundPlace("heat_station", row.pk, row.name) for row in self.heat_stations),
            *(FoundPlace("community", row.pk, row.name) for row in self.communities),
            *(FoundPlace("building", row.pk, str(row)) for row in self.buildings),
        ]

    @property
    def below(self) -> Below:
        return Below(
            [row.pk for row in self.heat_stations],
            [row.pk for row in self.communities],
            [row.pk for row in self.buildings],
        )


def find_places(company: Company, text: str) -> list[FoundPlace]:
    """Stations, communities and buildings whose names hold the text, the wider ones first."""
    wanted = text.strip()
    if not wanted:
        return []
    stations = HeatStation.objects.filter(company=company, name__icontains=wanted)
    communities = Community.objects.filter(company=company, name__icontains=wanted)
    named = Concat(F("community__name"), Value(""), F("name"))
    buildings = (
        Building.objects.filter(community__company=company)
        .annotate(whole=named)
        .filter(whole__icontains=wanted.replace(" ", ""))
        .select_related("community")
    )
    return ChosenPlaces(
        list(stations[:MOST_FOUND]),
        list(communities[:MOST_FOUND]),
        list(buildings.order_by("community__name", "name")[:MOST_FOUND]),
    ).found


def chosen_places(company: Company, keys: Iterable[str]) -> ChosenPlaces:
    """The places of these keys; what is no place of the company is not among them."""
    wanted: dict[str, set[int]] = {kind: set() for kind in _KINDS}
    for key in keys:
        kind, _colon, pk = key.partition(":")
        if kind in wanted and pk.isdecimal() and len(pk) < 19:
            wanted[kind].add(int(pk))
    return ChosenPlaces(
        list(HeatStation.objects.filter(company=company, pk__in=wanted["heat_station"])),
        list(Community.objects.filter(company=company, pk__in=wanted["community"])),
        list(
            Building.objects.filter(
                community__company=company, pk__in=wanted["building"]
            ).select_related("community")
        ),
    )
