"""Incidents: one cause, many cold flats; every ticket keeps its own promise and call-back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from complaints.classes import Subject
from complaints.incidents.notice_texts import outage_cancelled
from complaints.incidents.notices import check_all_told, issue_notice
from complaints.incidents.reach import FIRST_CALLS_AHEAD, explains, tickets_within
from complaints.locking import lock_incident
from complaints.models import Incident, IncidentLevel, Notice, Ticket
from complaints.states import INCIDENT, PROMISED_TICKETS, IncidentState
from customers.models import Building, Community, HeatSource, HeatStation, Loop
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.numbering import draw_numbers
from office.permissions import authorise
from office.refusals import Invalid, Refused
from office.zone import SHANGHAI

_TELLABLE = (
    IncidentState.REGISTERED,
    IncidentState.ANNOUNCED,
    IncidentState.ONGOING,
    IncidentState.RESTORED,
)


@dataclass(frozen=True)
class Reach:
    """What the cause reaches: everything below these."""

    heat_sources: Sequence[HeatSource] = ()
    heat_stations: Sequence[HeatStation] = ()
    loops: Sequence[Loop] = ()
    communities: Sequence[Community] = ()
    buildings: Sequence[Building] = ()

    @property
    def level(self) -> IncidentLevel:
        """That of the widest of them."""
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
    """Write down a cause; a planned one lies ahead, an unforeseen one has begun.

    It lies on the level of the widest place it reaches.
    """
    authorise(by, "complaints.register_incident", company)
    _check_reach(company, reach)
    if not cause.strip():
        raise Invalid("cause_missing", _("请写明停热原因。"))
    if planned and starts_at <= at:
        raise Invalid("planned_ahead", _("计划停热须早于开始时间登记并公告。"))
    if not planned and starts_at > at:
        raise Invalid("time_ahead", _("故障的开始时间不能晚于现在。"))
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
    """Tell every affected account of a planned outage before it begins."""
    held = _move(incident, "announce_outage", by=by)
    if not held.planned:
        raise Refused(
            "not_planned", _("突发故障请直接开始抢修并通知用户，只有计划停热须提前公告。")
        )
    if at >= held.starts_at:
        raise Refused("announced_late", _("停热已到开始时间，不能再作为提前公告。"))
    check_all_told(held)
    held.save(update_fields=["state"])
    notice = issue_notice(held, text, by=by, at=at)
    journal.record("announce_outage", held, by=by, at=at, accounts=notice.accounts)
    return notice


@transaction.atomic
def begin_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """The heat is off; a planned outage begins at the time of which customers were told ahead."""
    held = _move(incident, "begin_incident", by=by)
    if held.planned:
        _check_announced(held, at)
    held.save(update_fields=["state"])
    journal.record("begin_incident", held, by=by, at=at)
    return held


@transaction.atomic
def attach_tickets(
    incident: Incident, tickets: Sequence[Ticket] | None = None, *, by: Actor, at: datetime
) -> int:
    """Attach the repairs it explains, all within its reach or some of them; how many were new.

    Promises, call-backs and states of the tickets stay as they are.
    """
    authorise(by, "complaints.attach_tickets", incident.company)
    held = lock_incident(incident)
    if held.state not in (IncidentState.ONGOING, IncidentState.RESTORED):
        here = IncidentState(held.state).label
        raise Refused("incident_not_ongoing", _("故障现在是“%(here)s”，不能并入工单。"), here=here)
    wanted = tickets_within(held)
    if tickets is not None:
        wanted = wanted.filter(pk__in=[ticket.pk for ticket in tickets])
        if wanted.count() < len({ticket.pk for ticket in tickets}):
            raise _why_not(held, tickets)
    # In one order, so that two people attaching at once wait for each other in turn.
    locked = list(
        wanted.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk")
    )
    ids = [pk for (pk,) in locked]
    Ticket.objects.filter(pk__in=ids).update(incident=held, version=F("version") + 1)
    journal.record("attach_tickets", held, by=by, at=at, tickets=ids)
    return len(ids)


@transaction.atomic
def notify_affected(incident: Incident, text: str, *, by: Actor, at: datetime) -> Notice:
    """Tell every affected account something, with the record of who was to be told."""
    authorise(by, "complaints.notify_affected", incident.company)
    held = lock_incident(incident)
    if held.state not in _TELLABLE:
        here = IncidentState(held.state).label
        raise Refused("incident_over", _("故障现在是“%(here)s”，不能再通知用户。"), here=here)
    check_all_told(held)
    notice = issue_notice(held, text, by=by, at=at)
    journal.record("notify_affected", held, by=by, at=at, accounts=notice.accounts)
    return notice


@transaction.atomic
def restore_incident(
    incident: Incident, *, restored_at: datetime | None = None, by: Actor, at: datetime
) -> Incident:
    """Heat flows again; the attached tickets are resolved one by one when their flats are warm."""
    held = _move(incident, "restore_incident", by=by)
    when = restored_at or at
    if not held.starts_at <= when <= at:
        raise Invalid("restored_wrong", _("恢复时间应在开始时间之后、现在之前。"))
    held.restored_at = when
    held.save(update_fields=["state", "restored_at"])
    journal.record("restore_incident", held, by=by, at=at, restored_at=when.isoformat())
    return held


@transaction.atomic
def close_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """Close the cause. A ticket whose flat is still cold stays open with its promise."""
    held = _move(incident, "close_incident", by=by)
    held.save(update_fields=["state"])
    journal.record("close_incident", held, by=by, at=at, still_open=_open_tickets(held))
    return held


@transaction.atomic
def cancel_incident(incident: Incident, *, reason: str, by: Actor, at: datetime) -> Incident:
    """It does not come to it: nothing was switched off, and who was told of it is told so."""
    held = _move(incident, "cancel_incident", by=by)
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明取消原因。"))
    held.save(update_fields=["state"])
    if held.notices.exists():
        issue_notice(held, outage_cancelled(held.starts_at, held.company.hotline), by=by, at=at)
    journal.record("cancel_incident", held, by=by, at=at, reason=reason.strip())
    return held


def _why_not(incident: Incident, tickets: Sequence[Ticket]) -> Refused:
    """The first reason why these tickets are not all the incident's."""
    chosen = Ticket.objects.filter(
        pk__in=[ticket.pk for ticket in tickets], company=incident.company_id
    ).order_by("pk")
    begins = incident.starts_at - FIRST_CALLS_AHEAD
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
        if ticket.reported_at < begins or (
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
    authorise(by, f"complaints.{verb}", incident.company)
    held = lock_incident(incident)
    held.state = INCIDENT.next_state(held.state, verb)
    return held


def _check_reach(company: Company, reach: Reach) -> None:
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
    return incident.tickets.filter(state__in=PROMISED_TICKETS).count()
