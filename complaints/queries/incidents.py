"""What an incident reaches, in sets: accounts and tickets below its places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from complaints.classes import Subject, TicketKind
from complaints.models import Incident, Ticket
from complaints.states import PROMISED_TICKETS, IncidentState
from customers.models import Account, Premise
from office.models import Company

Keys = QuerySet[Any, Any] | Sequence[int]
# A burst main leaves flats cold, leaks, or is heard in the pipes; it breaks no valve.
EXPLAINED = (Subject.NO_HEAT, Subject.LEAK, Subject.NOISE, Subject.OTHER)
# What a caller is told of.
UNDER_WAY = (IncidentState.ANNOUNCED, IncidentState.ONGOING)


@dataclass(frozen=True)
class Below:
    """Where a cause reaches to: keys of places, or the query for them."""

    heat_stations: Keys
    communities: Keys
    buildings: Keys


def accounts_below(company: Company, places: Below) -> QuerySet[Account]:
    """The accounts below these heat stations, communities and buildings."""
    below = (
        Q(premise__heat_station__in=places.heat_stations)
        | Q(premise__building__community__in=places.communities)
        | Q(premise__building__in=places.buildings)
    )
    return Account.objects.filter(below, company=company)


def repairs_below(company: Company, places: Below) -> QuerySet[Ticket]:
    """The open repairs there that such a cause explains and that belong to no incident yet."""
    below = (
        Q(heat_station__in=places.heat_stations)
        | Q(community__in=places.communities)
        | Q(building__in=places.buildings)
    )
    return Ticket.objects.filter(
        below,
        company=company,
        kind=TicketKind.REPAIR,
        subject__in=EXPLAINED,
        state__in=PROMISED_TICKETS,
        incident__isnull=True,
    )


def affected_accounts(incident: Incident) -> QuerySet[Account]:
    """The accounts below the incident's heat stations, communities and buildings."""
    return accounts_below(incident.company, _places(incident))


def tickets_within(incident: Incident) -> QuerySet[Ticket]:
    """The open repairs within its reach that belong to no incident yet."""
    return repairs_below(incident.company, _places(incident))


@dataclass(frozen=True)
class Attached:
    """How the tickets of an incident stand; an open one is a flat that may still be cold."""

    all: int
    open: int
    overdue: int


def attached(incident: Incident, *, at: datetime) -> Attached:
    """How many tickets are attached, are still open, and are past their promise."""
    still_open = Q(state__in=PROMISED_TICKETS)
    counted = incident.tickets.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=still_open),
        overdue=Count("pk", filter=still_open & Q(due_at__lt=at)),
    )
    return Attached(**counted)


def incidents_over(account: Account) -> QuerySet[Incident]:
    """The incidents under way or announced that reach the account: what the caller is told."""
    premise = account.premise
    here = (
        Q(buildings=premise.building_id)
        | Q(communities=premise.building.community_id)
        | Q(heat_stations=premise.heat_station_id, heat_stations__isnull=False)
    )
    return Incident.objects.filter(
        here, company_id=account.company_id, state__in=UNDER_WAY
    ).distinct()


@dataclass(frozen=True)
class Spot:
    """A place as incidents know it: as much of it as is known."""

    company_id: int
    building_id: int | None = None
    community_id: int | None = None
    heat_station_id: int | None = None

    @classmethod
    def of(cls, premise: Premise) -> "Spot":
        community_id = premise.building.community_id
        return cls(premise.company_id, premise.building_id, community_id, premise.heat_station_id)


def open_incidents_at(spots: Sequence[Spot]) -> list[list[Incident]]:
    """`incidents_over` for many places at once: for each its own, in four queries at most."""
    companies = {spot.company_id for spot in spots}
    rows = Incident.objects.filter(company__in=companies, state__in=UNDER_WAY)
    near = list(rows.prefetch_related("heat_stations", "communities", "buildings")) if spots else []
    return [[incident for incident in near if _reaches(incident, spot)] for spot in spots]


def _reaches(incident: Incident, spot: Spot) -> bool:
    return incident.company_id == spot.company_id and (
        spot.heat_station_id in {row.pk for row in incident.heat_stations.all()}
        or spot.community_id in {row.pk for row in incident.communities.all()}
        or spot.building_id in {row.pk for row in incident.buildings.all()}
    )


def _places(incident: Incident) -> Below:
    return Below(
        *(
            places.order_by().values("pk")
            for places in (incident.heat_stations, incident.communities, incident.buildings)
        )
    )
