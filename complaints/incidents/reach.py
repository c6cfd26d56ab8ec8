"""The reach of an incident as sets: accounts and tickets below its places."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Value

from complaints.classes import Subject, TicketKind
from complaints.models import Incident, Ticket
from complaints.states import PROMISED_TICKETS, IncidentState
from customers.models import Account, HeatStation, Loop, Premise
from office.models import Company

Keys = QuerySet[Any, Any] | Sequence[int]
# A cause outside leaves flats cold. What leaks, knocks or does not turn in a flat has a cause of
# its own, which somebody has to go and see.
EXPLAINED = (Subject.NO_HEAT,)
# The first calls come before the cause is known, and before the time it is put down to.
FIRST_CALLS_AHEAD = timedelta(hours=6)
# What a caller is told of.
UNDER_WAY = (IncidentState.ANNOUNCED, IncidentState.ONGOING)


@dataclass(frozen=True)
class Below:
    """The places that a cause reaches: their keys, or the query for them."""

    heat_sources: Keys
    heat_stations: Keys
    loops: Keys
    communities: Keys
    buildings: Keys


def accounts_below(company: Company, places: Below) -> QuerySet[Account]:
    """Returns the accounts below these sources, stations, loops, communities and buildings."""
    below = _below(
        places,
        heat_station="premise__heat_station",
        community="premise__building__community",
        building="premise__building",
    )
    return Account.objects.filter(below, company=company)


def explains(ticket: Ticket) -> bool:
    """Returns whether such a report is fully explained by the heat being off."""
    return ticket.kind == TicketKind.REPAIR and ticket.subject in EXPLAINED


def repairs_below(
    company: Company, places: Below, *, starts_at: datetime, restored_at: datetime | None = None
) -> QuerySet[Ticket]:
    """Returns the open repairs there that such a cause explains and that have no incident yet.

    They were reported while the heat was off, or within the six hours before it was known to be.
    """
    reported = Q(reported_at__gte=starts_at - FIRST_CALLS_AHEAD)
    if restored_at is not None:
        reported &= Q(reported_at__lte=restored_at)
    below = _below(places, heat_station="heat_station", community="community", building="building")
    return Ticket.objects.filter(
        below,
        reported,
        company=company,
        kind=TicketKind.REPAIR,
        subject__in=EXPLAINED,
        state__in=PROMISED_TICKETS,
        incident__isnull=True,
    )


def affected_accounts(incident: Incident) -> QuerySet[Account]:
    """Returns the accounts below all places of the incident."""
    return accounts_below(incident.company, _places(incident))


def tickets_within(incident: Incident) -> QuerySet[Ticket]:
    """Returns the open repairs within its reach and time that have no incident yet."""
    return repairs_below(
        incident.company,
        _places(incident),
        starts_at=incident.starts_at,
        restored_at=incident.restored_at,
    )


@dataclass(frozen=True)
class Attached:
    """Counts of an incident's tickets; an open one stands for a flat that may still be cold."""

    all: int
    open: int
    overdue: int


def attached(incident: Incident, *, at: datetime) -> Attached:
    """Returns how many tickets are attached, still open, and past their promise."""
    still_open = Q(state__in=PROMISED_TICKETS)
    counted = incident.tickets.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=still_open),
        overdue=Count("pk", filter=still_open & Q(due_at__lt=at)),
    )
    return Attached(**counted)


@dataclass(frozen=True)
class Spot:
    """A place as incidents refer to it, as far as it is known."""

    company_id: int
    building_id: int | None = None
    community_id: int | None = None
    heat_station_id: int | None = None

    @classmethod
    def of(cls, premise: Premise) -> "Spot":
        community_id = premise.building.community_id
        return cls(premise.company_id, premise.building_id, community_id, premise.heat_station_id)

    @classmethod
    def of_ticket(cls, ticket: Ticket) -> "Spot":
        return cls(
            ticket.company_id, ticket.building_id, ticket.community_id, ticket.heat_station_id
        )

    @property
    def keys(self) -> tuple["PlaceKey", ...]:
        """Returns the keys of all places under which an incident may contain it."""
        keys = (
            (_BUILDING, self.building_id),
            (_UNFED, self.building_id if self.heat_station_id is None else None),
            (_COMMUNITY, self.community_id),
            (_STATION, self.heat_station_id),
        )
        return tuple((self.company_id, kind, place) for kind, place in keys if place)


PlaceKey = tuple[int, str, int]
_BUILDING, _COMMUNITY, _STATION = "building", "community", "station"
# A building of which no station is on file: its loops tell by which one it is fed.
_UNFED = "unfed"
# Every way from an incident to a place; `_below` says the same the other way round.
_WAYS: tuple[tuple[str, Any, str], ...] = (
    (_BUILDING, Incident.buildings.through, "building"),
    (_BUILDING, Incident.loops.through, "loop__buildings"),
    (_COMMUNITY, Incident.communities.through, "community"),
    (_STATION, Incident.heat_stations.through, "heatstation"),
    (_STATION, Incident.heat_sources.through, "heatsource__heat_stations"),
    (_UNFED, Incident.heat_stations.through, "heatstation__loops__buildings"),
    (_UNFED, Incident.heat_sources.through, "heatsource__heat_stations__loops__buildings"),
)


def incidents_over(account: Account) -> QuerySet[Incident]:
    """Returns the announced and ongoing incidents that reach the account, to inform the caller."""
    over = Q()
    for _kind, _place, rows in _ways([Spot.of(account.premise)]):
        over |= Q(pk__in=rows.values("incident"))
    return Incident.objects.filter(over)


def open_incidents_at(spots: Sequence[Spot]) -> list[list[Incident]]:
    """Returns `incidents_over` for many places at once, in two queries."""
    reaching = incidents_by_place(spots)
    incident_keys = {pk for pks in reaching.values() for pk in pks}
    rows = list(Incident.objects.filter(pk__in=incident_keys)) if incident_keys else []
    return [
        [row for row in rows if any(row.pk in reaching[key] for key in spot.keys)] for spot in spots
    ]


def incidents_by_place(spots: Sequence[Spot]) -> dict[PlaceKey, dict[int, str]]:
    """Returns the announced and ongoing incidents by place key with their causes, in one query."""
    reaching: dict[PlaceKey, dict[int, str]] = defaultdict(dict)
    ways = [
        rows.order_by().values_list(
            "incident__company_id", Value(kind), place, "incident_id", "incident__cause"
        )
        for kind, place, rows in _ways(spots)
    ]
    if ways:
        for company, kind, place, incident, cause in ways[0].union(*ways[1:], all=True):
            reaching[company, kind, place][incident] = cause
    return reaching


def _ways(spots: Sequence[Spot]) -> Iterator[tuple[str, str, QuerySet[Any]]]:
    """Returns for each relation its kind, its path and the rows that lead to one of the places."""
    keys = {key for spot in spots for key in spot.keys}
    under_way = {
        "incident__company__in": {company for company, _kind, _place in keys},
        "incident__state__in": UNDER_WAY,
    }
    for kind, through, path in _WAYS:
        if ids := {place for _company, key_kind, place in keys if key_kind == kind}:
            yield kind, path, through.objects.filter(**{f"{path}__in": ids}, **under_way)


def _below(places: Below, *, heat_station: str, community: str, building: str) -> Q:
    """Rows below these places, by their columns. A loop has its buildings; a station what it is
    on file for, and of its loops' buildings what has no station on file."""
    stations, sources = places.heat_stations, places.heat_sources
    hanging = Loop.buildings.through.objects
    unfed = hanging.filter(
        Q(loop__heat_station__in=stations) | Q(loop__heat_station__heat_source__in=sources)
    )
    return (
        Q(**{f"{heat_station}__in": stations})
        | Q(**{f"{heat_station}__in": HeatStation.objects.filter(heat_source__in=sources)})
        | Q(**{f"{heat_station}__isnull": True, f"{building}__in": unfed.values("building")})
        | Q(**{f"{building}__in": hanging.filter(loop__in=places.loops).values("building")})
        | Q(**{f"{community}__in": places.communities})
        | Q(**{f"{building}__in": places.buildings})
    )


def _places(incident: Incident) -> Below:
    return Below(
        *(
            places.order_by().values("pk")
            for places in (
                incident.heat_sources,
                incident.heat_stations,
                incident.loops,
                incident.communities,
                incident.buildings,
            )
        )
    )
