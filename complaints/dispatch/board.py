"""The dispatch board: tickets that wait for a crew, by due time and building, with incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q, QuerySet, Sum

from complaints.incidents.reach import PlaceKey, Spot, explains, incidents_by_place
from complaints.models import Ticket
from complaints.rosters.on_duty import CrewAtHand, best_first
from complaints.waiting import UNASSIGNED, first_deadline
from office.models import User

PAGE = 60


@dataclass(frozen=True)
class IncidentHint:
    """An incident that may explain why the flat is cold."""

    pk: int
    cause: str


@dataclass(frozen=True)
class WaitingTicket:
    """A ticket with the crews best suited for it and the incidents that may explain it."""

    ticket: Ticket
    crews: list[CrewAtHand]
    incidents: list[IncidentHint]

    @property
    def best(self) -> CrewAtHand | None:
        """Returns the best suited crew on duty (`best_first`), or None if no crew is on duty."""
        return next((crew for crew in self.crews if crew.on_duty), None)


@dataclass
class Cluster:
    """Tickets of one building, or one ticket alone; `open_there` counts the whole building."""

    building: int | None
    tickets: list[WaitingTicket] = field(default_factory=list)
    open_there: int = 0


def to_be_sent(user: User) -> QuerySet[Ticket]:
    """Returns the tickets of the user's companies that wait for a crew."""
    return Ticket.objects.visible_to(user).filter(UNASSIGNED)


def find_waiting(user: User, text: str, page: int) -> list[Ticket]:
    """Returns one page by the first deadline, with one extra ticket if another page follows."""
    rows = to_be_sent(user)
    if text:
        place = Q(community__name__icontains=text) | Q(premise__address__icontains=text)
        rows = rows.filter(Q(number__iexact=text) | place)
    rows = rows.select_related(
        *("company", "account", "premise", "building__community", "community"),
        *("heat_station", "incident"),
    ).order_by(first_deadline().asc(nulls_last=True), "pk")
    return list(rows[page * PAGE : (page + 1) * PAGE + 1])


def clusters_of(tickets: Sequence[Ticket], crews: Sequence[CrewAtHand]) -> list[Cluster]:
    """Returns the tickets grouped by building; a group stands where its first ticket stands."""
    incidents = incidents_by_place([Spot.of_ticket(ticket) for ticket in tickets])
    counts = _open_by_building(tickets)
    clusters: dict[tuple[str, int], Cluster] = {}
    for ticket in tickets:
        alone = ticket.building_id is None
        key = ("ticket", ticket.pk) if alone else ("building", ticket.building_id or 0)
        there = counts.get(ticket.building_id or 0, 1)
        cluster = clusters.setdefault(key, Cluster(ticket.building_id, open_there=there))
        own = [crew for crew in crews if crew.crew.company_id == ticket.company_id]
        best = best_first(own, ticket.community_id, ticket.heat_station_id)
        cluster.tickets.append(WaitingTicket(ticket, best, _over(ticket, incidents)))
    return list(clusters.values())


def board_mark(user: User) -> str:
    """Returns a value that changes whenever something on the board has changed."""
    sums = to_be_sent(user).aggregate(count=Count("pk"), last=Max("pk"), versions=Sum("version"))
    return f"{sums['count']}-{sums['last'] or 0}-{sums['versions'] or 0}"


def _open_by_building(tickets: Sequence[Ticket]) -> dict[int, int]:
    buildings = {ticket.building_id for ticket in tickets if ticket.building_id}
    rows = Ticket.objects.filter(UNASSIGNED, building__in=buildings).order_by()
    return dict(rows.values_list("building").annotate(Count("pk")))


def _over(ticket: Ticket, reaching: Mapping[PlaceKey, Mapping[int, str]]) -> list[IncidentHint]:
    """Returns the ticket's own incident, or the incidents at its place that may explain it."""
    if ticket.incident is not None:
        return [IncidentHint(ticket.incident.pk, ticket.incident.cause)]
    if not explains(ticket):
        return []
    hints = [hint for key in Spot.of_ticket(ticket).keys for hint in reaching.get(key, {}).items()]
    return [IncidentHint(pk, cause) for pk, cause in dict(hints).items()]
