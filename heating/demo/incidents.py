"""A burst main under way, one that is mended, and an outage announced ahead."""

from collections.abc import Sequence
from datetime import timedelta

from complaints.incidents.operations import (
    Reach,
    announce_outage,
    attach_tickets,
    begin_incident,
    close_incident,
    notify_affected,
    register_incident,
    restore_incident,
)
from complaints.models import Ticket
from complaints.tickets.intake import Report, open_ticket
from complaints.tickets.resolution import resolve_ticket
from customers.models import Community, Loop
from heating.demo.crews import ServiceDesk
from heating.demo.stage import Stage, Story

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def burst_main(
    stage: Stage,
    desk: ServiceDesk,
    community: Community,
    reports: Sequence[Report],
    *,
    mended: bool,
) -> Story:
    """The telephone rings, the cause is found, tickets are attached, everybody is told."""
    tickets: list[Ticket] = []
    for report in reports:
        tickets.append(open_ticket(desk.company, report, by=desk.agent, at=stage.at))
        yield 4 * MINUTE
    loops = Loop.objects.filter(buildings__community=community).select_related("heat_station")
    incident = register_incident(
        desk.company,
        f"{community.name}支线 DN200 管道爆裂",
        Reach(loops=list(loops.distinct())),
        starts_at=stage.at - 20 * MINUTE,
        expected_end_at=stage.at + 8 * HOUR,
        by=desk.dispatcher,
        at=stage.at,
    )
    begin_incident(incident, by=desk.dispatcher, at=stage.at)
    yield 2 * MINUTE
    attach_tickets(incident, by=desk.dispatcher, at=stage.at)
    notify_affected(
        incident,
        f"{community.name}支线管道抢修，预计 8 小时内恢复供热，给您带来不便请谅解。",
        by=desk.dispatcher,
        at=stage.at,
    )
    if not mended:
        return
    yield 7 * HOUR
    restore_incident(incident, by=desk.dispatcher, at=stage.at)
    # The last flat is still cold: its ticket stays open when the incident is closed.
    for ticket in tickets[:-1]:
        yield 3 * MINUTE
        resolve_ticket(ticket, "管道修复，电话确认室温回升", by=desk.dispatcher, at=stage.at)
    yield 12 * HOUR
    close_incident(incident, by=desk.manager, at=stage.at)


def outage_ahead(stage: Stage, desk: ServiceDesk, community: Community) -> Story:
    """A planned outage of tomorrow, announced today."""
    starts_at = stage.now + 20 * HOUR
    outage = register_incident(
        desk.company,
        f"{community.name}换热站板式换热器清洗",
        Reach(communities=[community]),
        starts_at=starts_at,
        expected_end_at=starts_at + 6 * HOUR,
        planned=True,
        by=desk.dispatcher,
        at=stage.at,
    )
    yield 30 * MINUTE
    announce_outage(
        outage,
        f"{community.name}换热站明日检修，停热约 6 小时，请提前做好准备。",
        by=desk.dispatcher,
        at=stage.at,
    )
