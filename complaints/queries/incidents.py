"""What an incident reaches, in sets: accounts and tickets below its places."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from complaints.classes import Subject, TicketKind
from complaints.models import Incident, Ticket
from complaints.states import PROMISED_TICKETS, IncidentState
from customers.models import Account, Building, Community, HeatStation, Premise

# A burst main leaves flats cold, leaks, or is heard in the pipes; it breaks no valve.
EXPLAINED = (Subject.NO_HEAT, Subject.LEAK, Subject.NOISE, Subject.OTHER)
# What a caller is told of.
UNDER_WAY = (IncidentState.ANNOUNCED, IncidentState.ONGOING)


def affected_accounts(incident: Incident) -> QuerySet[Account]:
    """The accounts below the incident's heat stations, communities and buildings."""
    below = (
        Q(premise__heat_station__in=_stations(incident))
        | Q(premise__building__community__in=_communities(incident))
        | Q(premise__building__in=_buildings(incident))
    )
    return Account.objects.filter(below, company=incident.company)


def tickets_within(incident: Incident) -> QuerySet[Ticket]:
    """The open repairs within its reach that belong to no incident yet."""
    below = (
        Q(heat_station__in=_stations(incident))
        | Q(community__in=_communities(incident))
        | Q(building__in=_buildings(incident))
    )
    return Ticket.objects.filter(
        below,
        company=incident.company,
        kind=TicketKind.REPAIR,
        subject__in=EXPLAINED,
        state__in=PROMISED_TICKETS,
        incident__isnull=True,
    )


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


def open_incidents_at(
    premises: Iterable[Premise], companies: Iterable[int]
) -> dict[int, list[Incident]]:
    """`incidents_over` for many premises at once: by premise, in a constant number of queries."""
    asked = list(premises)
    rows = Incident.objects.filter(company__in=list(companies), state__in=UNDER_WAY)
    under_way = (
        list(rows.prefetch_related("heat_stations", "communities", "buildings")) if asked else []
    )
    return {
        premise.pk: [incident for incident in under_way if _reaches(incident, premise)]
        for premise in asked
    }


def _reaches(incident: Incident, premise: Premise) -> bool:
    if incident.company_id != premise.company_id:
        return False
    return (
        premise.heat_station_id in {row.pk for row in incident.heat_stations.all()}
        or premise.building.community_id in {row.pk for row in incident.communities.all()}
        or premise.building_id in {row.pk for row in incident.buildings.all()}
    )


def _stations(incident: Incident) -> QuerySet[HeatStation]:
    return incident.heat_stations.order_by().values("pk")  # type: ignore[return-value]


def _communities(incident: Incident) -> QuerySet[Community]:
    return incident.communities.order_by().values("pk")  # type: ignore[return-value]


def _buildings(incident: Incident) -> QuerySet[Building]:
    return incident.buildings.order_by().values("pk")  # type: ignore[return-value]
