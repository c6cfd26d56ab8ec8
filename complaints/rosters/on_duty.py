"""Crews available for dispatch: their duty, their area and their load."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from complaints.models import Crew, DutyPeriod, Visit
from complaints.states import LIVE_VISITS
from customers.models import Building
from office.models import Company, User


@dataclass(frozen=True)
class CrewAtHand:
    """A crew as the dispatcher compares it: members on duty, area, and unfinished visits."""

    crew: Crew
    duty: DutyPeriod | None
    load: int
    communities: frozenset[int] = field(default=frozenset())
    heat_stations: frozenset[int] = field(default=frozenset())

    @property
    def on_duty(self) -> bool:
        return self.duty is not None

    @property
    def phone(self) -> str:
        return self.duty.phone if self.duty else ""

    @property
    def people(self) -> list[User]:
        """Returns the members on duty; without a roster all members of the crew."""
        return list((self.duty or self.crew).members.all())

    def looks_after(self, community: int | None, heat_station: int | None = None) -> bool:
        """Returns whether the place, given by primary keys, lies in the crew's area."""
        return community in self.communities or heat_station in self.heat_stations


def crews_at_hand(companies: Iterable[Company | int], at: datetime) -> list[CrewAtHand]:
    """Returns all active crews of the companies with their duty at that instant, in four
    queries.
    """
    in_force = DutyPeriod.objects.filter(
        withdrawn_at__isnull=True, starts_at__lte=at, ends_at__gt=at
    ).prefetch_related("members")
    live = Visit.objects.filter(crew=OuterRef("pk"), state__in=LIVE_VISITS).order_by()
    count = live.values("crew").annotate(count=Count("pk")).values("count")
    crews = (
        Crew.objects.filter(company__in=list(companies), active=True)
        .annotate(load=Coalesce(Subquery(count), 0))
        .prefetch_related(Prefetch("duty_periods", in_force, to_attr="in_force"))
        .order_by("company", "name")
    )
    looked_after = _areas(crews)
    return [
        CrewAtHand(
            crew,
            next(iter(crew.in_force), None),
            crew.load,
            frozenset(looked_after["community"][crew.pk]),
            frozenset(looked_after["heatstation"][crew.pk]),
        )
        for crew in crews
    ]


def best_first(
    crews: Iterable[CrewAtHand], community: int | None, heat_station: int | None = None
) -> list[CrewAtHand]:
    """Sorts crews: on duty first, then responsible for the place, then the least busy."""
    return sorted(
        crews,
        key=lambda row: (
            not row.on_duty,
            not row.looks_after(community, heat_station),
            row.load,
            row.crew.name,
        ),
    )


def crews_on_duty(
    company: Company, at: datetime, building: Building | None = None
) -> list[CrewAtHand]:
    """Returns the company's crews on duty at that instant, responsible ones first.

    A building lies in a crew's area by its community or by a heat station that feeds it.
    """
    present = [row for row in crews_at_hand([company], at) if row.on_duty]
    if building is None:
        return best_first(present, None)
    stations = building.premises.filter(heat_station__isnull=False).order_by()
    feeding = set(stations.values_list("heat_station", flat=True).distinct())
    responsible = {
        row.crew.pk
        for row in present
        if row.looks_after(building.community_id) or row.heat_stations & feeding
    }
    return sorted(
        present, key=lambda row: (row.crew.pk not in responsible, row.load, row.crew.name)
    )


def _areas(crews: QuerySet[Crew]) -> dict[str, dict[int, set[int]]]:
    """Returns primary keys of communities and heat stations by crew, in one query."""
    chosen = crews.order_by().values("pk")
    by_community, by_station = (
        through.objects.filter(crew__in=chosen).values_list("crew_id", f"{place}_id", Value(place))
        for place, through in (
            ("community", Crew.communities.through),
            ("heatstation", Crew.heat_stations.through),
        )
    )
    areas: dict[str, dict[int, set[int]]] = {
        "community": defaultdict(set),
        "heatstation": defaultdict(set),
    }
    for crew, place, kind in by_community.union(by_station, all=True):
        areas[kind][crew].add(place)
    return areas
