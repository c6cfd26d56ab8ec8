"""What an incident reaches, in sets: accounts and tickets below its places."""

from django.db.models import Q, QuerySet

from complaints.classes import Subject, TicketKind
from complaints.models import Incident, Ticket
from complaints.states import PROMISED_TICKETS, IncidentState
from customers.models import Account, Building, Community, HeatStation

# A burst main leaves flats cold, leaks, or is heard in the pipes; it breaks no valve.
EXPLAINED = (Subject.NO_HEAT, Subject.LEAK, Subject.NOISE, Subject.OTHER)


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
    under_way = (IncidentState.ANNOUNCED, IncidentState.ONGOING)
    return Incident.objects.filter(
        here, company_id=account.company_id, state__in=under_way
    ).distinct()


def _stations(incident: Incident) -> QuerySet[HeatStation]:
    return incident.heat_stations.order_by().values("pk")  # type: ignore[return-value]


def _communities(incident: Incident) -> QuerySet[Community]:
    return incident.communities.order_by().values("pk")  # type: ignore[return-value]


def _buildings(incident: Incident) -> QuerySet[Building]:
    return incident.buildings.order_by().values("pk")  # type: ignore[return-value]
