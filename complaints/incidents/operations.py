"""Incidents: one cause that leaves many flats cold.

Every attached ticket keeps its own promise and its own call-back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from complaints.classes import Subject
from complaints.incidents.notice_texts import outage_cancelled
from complaints.incidents.notices import check_no_notice_under_way, issue_notice
from complaints.incidents.reach import FIRST_CALLS_AHEAD, explains, tickets_within
from complaints.locking import lock_incident
from complaints.models import Incident, IncidentLevel, Notice, Ticket
from complaints.states import INCIDENT, PROMISED_TICKETS, IncidentState
from complaints.time_bounds import true_time
from customers.models import Building, Community, HeatSource, HeatStation, Loop
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.numbering import draw_numbers
from office.permissions import authorise
from office.refusals import Invalid, Refused
from office.zone import SHANGHAI

_START_AHEAD = _("故障的开始时间不能晚于现在。")
_TELLABLE = (
    IncidentState.REGISTERED,
    IncidentState.ANNOUNCED,
    IncidentState.ONGOING,
    IncidentState.RESTORED,
)


@dataclass(frozen=True)
class Reach:
    """The places that a cause affects, together with everything below them."""

    heat_sources: Sequence[HeatSource] = ()
    heat_stations: Sequence[HeatStation] = ()
    loops: Sequence[Loop] = ()
    communities: Sequence[Community] = ()
    buildings: Sequence[Building] = ()

    @property
    def level(self) -> IncidentLevel:
        """Returns the level of the widest place."""
        by_width = (
            (IncidentLevel.SOURCE, self.heat_sources),
            (IncidentLevel.STATION, self.heat_stations),
            (IncidentLevel.LOOP, self.loops),
            (IncidentLevel.COMMUNITY, self.communities),
        )
        return next((level for level, places in by_width if places), IncidentLevel.BUILDING)


@transaction.atomic
def register_incident(
    company: Company,
    cause: str,
    reach: Reach,
    *,
    starts_at: datetime,
    expected_end_at: datetime | None = None,
    planned: bool = False,
    by: Actor,
    at: datetime,
) -> Incident:
    """Registers an incident: a planned one begins later, an unforeseen one has already begun.

    Its level is that of the widest place it reaches.
    """
    authorise(by, "complaints.register_incident", company)
    _check_reach(company, reach)
    if not cause.strip():
        raise Invalid("cause_missing", _("请写明停热原因。"))
    if planned and starts_at <= at:
        raise Invalid("planned_ahead", _("计划停热须早于开始时间登记并公告。"))
    if not planned:
        true_time("register_incident", company, starts_at, at=at, ahead=_START_AHEAD)
    if expected_end_at is not None and expected_end_at <= starts_at:
        raise Invalid("ends_before_start", _("预计恢复时间应晚于开始时间。"))
    year = business_date(at).year
    number = draw_numbers(f"incident:{company.code}:{year}")
    incident = Incident.objects.create(
        company=company,
        number=f"TR{company.code}{year}{number:06d}",
        level=reach.level,
        cause=cause.strip(),
        planned=planned,
        starts_at=starts_at,
        expected_end_at=expected_end_at,
        registered_by=by.user,
        registered_at=at,
    )
    incident.heat_sources.set(reach.heat_sources)
    incident.heat_stations.set(reach.heat_stations)
    incident.loops.set(reach.loops)
    incident.communities.set(reach.communities)
    incident.buildings.set(reach.buildings)
    journal.record("register_incident", incident, by=by, at=at, level=incident.level)
    return incident


@transaction.atomic
def announce_outage(incident: Incident, text: str, *, by: Actor, at: datetime) -> Notice:
    """Sends the announcement of a planned outage to all affected accounts before it begins."""
    locked_incident = _move(incident, "announce_outage", by=by)
    if not locked_incident.planned:
        raise Refused(
            "not_planned", _("突发故障请直接开始抢修并通知用户，只有计划停热须提前公告。")
        )
    if at >= locked_incident.starts_at:
        raise Refused("announced_late", _("停热已到开始时间，不能再作为提前公告。"))
    check_no_notice_under_way(locked_incident)
    locked_incident.save(update_fields=["state"])
    notice = issue_notice(locked_incident, text, by=by, at=at)
    journal.record("announce_outage", locked_incident, by=by, at=at, accounts=notice.accounts)
    return notice


@transaction.atomic
def begin_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """Records that the heat is off; a planned outage cannot begin before its announced time."""
    locked_incident = _move(incident, "begin_incident", by=by)
    if locked_incident.planned:
        _check_announced(locked_incident, at)
    locked_incident.save(update_fields=["state"])
    journal.record("begin_incident", locked_incident, by=by, at=at)
    return locked_incident


@transaction.atomic
def attach_tickets(
    incident: Incident, tickets: Sequence[Ticket] | None = None, *, by: Actor, at: datetime
) -> int:
    """Attaches open repairs that the incident explains and returns how many were attached.

    Without `tickets` it attaches all repairs within reach. Promises, call-backs and states of the
    tickets stay as they are.
    """
    authorise(by, "complaints.attach_tickets", incident.company)
    locked_incident = lock_incident(incident)
    if locked_incident.state not in (IncidentState.ONGOING, IncidentState.RESTORED):
        state_label = IncidentState(locked_incident.state).label
        raise Refused(
            "incident_not_ongoing", _("故障现在是“%(here)s”，不能并入工单。"), here=state_label
        )
    attachable = tickets_within(locked_incident)
    if tickets is not None:
        attachable = attachable.filter(pk__in=[ticket.pk for ticket in tickets])
        if attachable.count() < len({ticket.pk for ticket in tickets}):
            raise _why_not(locked_incident, tickets)
    # Always in the order of keys, so that two people attaching at once wait for each other in turn.
    locked = list(
        attachable.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk")
    )
    ids = [pk for (pk,) in locked]
    Ticket.objects.filter(pk__in=ids).update(incident=locked_incident, version=F("version") + 1)
    journal.record("attach_tickets", locked_incident, by=by, at=at, tickets=ids)
    return len(ids)


@transaction.atomic
def notify_affected(incident: Incident, text: str, *, by: Actor, at: datetime) -> Notice:
    """Sends a notice to all affected accounts and records its recipients."""
    authorise(by, "complaints.notify_affected", incident.company)
    locked_incident = lock_incident(incident)
    if locked_incident.state not in _TELLABLE:
        state_label = IncidentState(locked_incident.state).label
        raise Refused(
            "incident_over", _("故障现在是“%(here)s”，不能再通知用户。"), here=state_label
        )
    check_no_notice_under_way(locked_incident)
    notice = issue_notice(locked_incident, text, by=by, at=at)
    journal.record("notify_affected", locked_incident, by=by, at=at, accounts=notice.accounts)
    return notice


@transaction.atomic
def restore_incident(
    incident: Incident, *, restored_at: datetime | None = None, by: Actor, at: datetime
) -> Incident:
    """Records that the heat is back on.

    The attached tickets stay open; each is resolved when its own flat is warm.
    """
    locked_incident = _move(incident, "restore_incident", by=by)
    true_end = true_time("restore_incident", locked_incident, restored_at, at=at)
    locked_incident.restored_at = true_end
    locked_incident.save(update_fields=["state", "restored_at"])
    journal.record(
        "restore_incident", locked_incident, by=by, at=at, restored_at=true_end.isoformat()
    )
    return locked_incident


@transaction.atomic
def close_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """Closes the incident; an attached ticket whose flat is still cold stays open with its
    promise.
    """
    locked_incident = _move(incident, "close_incident", by=by)
    locked_incident.save(update_fields=["state"])
    journal.record(
        "close_incident", locked_incident, by=by, at=at, still_open=_open_tickets(locked_incident)
    )
    return locked_incident


@transaction.atomic
def cancel_incident(incident: Incident, *, reason: str, by: Actor, at: datetime) -> Incident:
    """Cancels an incident before the heat is off; informs the accounts notified of it."""
    locked_incident = _move(incident, "cancel_incident", by=by)
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明取消原因。"))
    locked_incident.save(update_fields=["state"])
    if locked_incident.notices.exists():
        issue_notice(
            locked_incident,
            outage_cancelled(locked_incident.starts_at, locked_incident.company.hotline),
            by=by,
            at=at,
        )
    journal.record("cancel_incident", locked_incident, by=by, at=at, reason=reason.strip())
    return locked_incident


def _why_not(incident: Incident, tickets: Sequence[Ticket]) -> Refused:
    """Returns the refusal that explains why these tickets cannot all be attached to the
    incident.
    """
    chosen = Ticket.objects.filter(
        pk__in=[ticket.pk for ticket in tickets], company=incident.company_id
    ).order_by("pk")
    earliest = incident.starts_at - FIRST_CALLS_AHEAD
    for ticket in chosen:
        if not explains(ticket):
            return Refused(
                "not_explained",
                _(
                    "工单 %(number)s 报的是“%(subject)s”，停热解释不了，须单独上门处理，"
                    "不能并入故障。"
                ),
                number=ticket.number,
                subject=Subject(ticket.subject).label,
            )
        if ticket.reported_at < earliest or (
            incident.restored_at is not None and ticket.reported_at > incident.restored_at
        ):
            return Refused(
                "reported_at_another_time",
                _(
                    "工单 %(number)s 报告于 %(when)s，不在故障开始前 %(hours)s 小时至恢复供热"
                    "之间，须单独处理，不能并入故障。"
                ),
                number=ticket.number,
                when=f"{ticket.reported_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
                hours=FIRST_CALLS_AHEAD // timedelta(hours=1),
            )
    return Refused(
        "ticket_elsewhere",
        _("所选工单有的不在故障范围内、已办结或已并入其他故障，请核对后重选。"),
    )


def _check_announced(incident: Incident, at: datetime) -> None:
    """Refuses to begin a planned outage without an announcement or before its announced time."""
    if not incident.notices.filter(issued_at__lt=incident.starts_at).exists():
        raise Refused(
            "not_announced",
            _("计划停热须先公告再开始；开始时间已过而没有公告的，请取消后按突发故障登记。"),
        )
    if at < incident.starts_at:
        raise Refused(
            "before_announced_time",
            _("公告的开始时间是 %(when)s，不能提前停热；确须提前的，请取消后重新登记并公告。"),
            when=f"{incident.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        )


def _move(incident: Incident, verb: str, *, by: Actor) -> Incident:
    """Checks the permission, locks the incident and sets the next state; the caller saves it."""
    authorise(by, f"complaints.{verb}", incident.company)
    locked_incident = lock_incident(incident)
    locked_incident.state = INCIDENT.next_state(locked_incident.state, verb)
    return locked_incident


def _check_reach(company: Company, reach: Reach) -> None:
    """Refuses an empty reach and places of another company."""
    owners = {source.company_id for source in reach.heat_sources}
    owners |= {station.company_id for station in reach.heat_stations}
    owners |= {loop.heat_station.company_id for loop in reach.loops}
    owners |= {community.company_id for community in reach.communities}
    owners |= {building.community.company_id for building in reach.buildings}
    if not owners:
        raise Invalid("reach_missing", _("请选择受影响的热源、换热站、环路、小区或楼栋。"))
    if owners != {company.pk}:
        raise Invalid("foreign_place", _("所选地点不属于该公司。"))


def _open_tickets(incident: Incident) -> int:
    """Returns how many attached tickets are still open."""
    return incident.tickets.filter(state__in=PROMISED_TICKETS).count()
