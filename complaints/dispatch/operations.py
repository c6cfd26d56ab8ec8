"""Dispatch: which crew is sent to a ticket, and how far its visit has progressed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketKind
from complaints.locking import lock_ticket, save_ticket
from complaints.models import Crew, Ticket, Visit
from complaints.states import LIVE_VISITS, TICKET, VISIT, VisitState
from complaints.time_bounds import true_time
from office import journal
from office.actors import Actor
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, NotFound, Refused


@transaction.atomic
def assign_ticket(
    ticket: Ticket, crew: Crew, *, seen_version: int, by: Actor, at: datetime
) -> Visit:
    """Assigns the ticket to a crew and withdraws a visit that another crew has not finished.

    If two dispatchers decide on the same version of the ticket, the second is refused.
    """
    authorise(by, "complaints.assign_ticket", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    if crew.company_id != locked_ticket.company_id or not crew.active:
        raise Invalid("crew_wrong", _("所选班组不属于该公司或已停用，请另选班组。"))
    if locked_ticket.kind == TicketKind.ENQUIRY:
        raise Refused(
            "enquiry_is_answered", _("咨询请答复或转办；须上门的，请先改判为报修、投诉或业务办理。")
        )
    state = TICKET.next_state(locked_ticket.state, "assign_ticket")
    withdraw_live_visits(locked_ticket, by=by, at=at)
    ordinals = locked_ticket.visits.aggregate(last=Max("ordinal"))
    visit = Visit.objects.create(
        ticket=locked_ticket,
        ordinal=(ordinals["last"] or 0) + 1,
        crew=crew,
        redo_round=locked_ticket.redo_count,
        assigned_by=by.user,
        assigned_at=at,
    )
    locked_ticket.state = state
    locked_ticket.crew = crew
    locked_ticket.assigned_by = by.user
    save_ticket(locked_ticket, "state", "crew", "assigned_by")
    journal.record(
        "assign_ticket", locked_ticket, by=by, at=at, crew=crew.name, visit=visit.ordinal
    )
    return visit


@transaction.atomic
def accept_assignment(
    visit: Visit, *, happened_at: datetime | None = None, by: Actor, at: datetime
) -> Visit:
    """Records that a member of the crew accepts the visit and becomes its repairer."""
    ticket, locked_visit = _begin_step(visit, "accept_assignment", by=by)
    if by.user is None or not locked_visit.crew.members.filter(pk=by.user.pk).exists():
        raise Refused(
            "other_crew",
            _("这张工单派给了%(crew)s，请由该班组成员接单。"),
            status=403,
            crew=locked_visit.crew.name,
        )
    ticket.state = TICKET.next_state(ticket.state, "accept_assignment")
    locked_visit.repairer = by.user
    locked_visit.accepted_at = true_time("accept_assignment", locked_visit, happened_at, at=at)
    locked_visit.save(update_fields=["state", "repairer", "accepted_at"])
    save_ticket(ticket, "state")
    _record("accept_assignment", ticket, locked_visit, locked_visit.accepted_at, by=by, at=at)
    return locked_visit


@transaction.atomic
def depart(visit: Visit, *, happened_at: datetime | None = None, by: Actor, at: datetime) -> Visit:
    """Records that the repairer has departed."""
    ticket, locked_visit = _begin_step(visit, "depart", by=by)
    check_own_visit(locked_visit, by)
    locked_visit.departed_at = true_time("depart", locked_visit, happened_at, at=at)
    locked_visit.save(update_fields=["state", "departed_at"])
    _record("depart", ticket, locked_visit, locked_visit.departed_at, by=by, at=at)
    return locked_visit


@transaction.atomic
def arrive(visit: Visit, *, happened_at: datetime | None = None, by: Actor, at: datetime) -> Visit:
    """Records that the repairer has arrived."""
    ticket, locked_visit = _begin_step(visit, "arrive", by=by)
    check_own_visit(locked_visit, by)
    locked_visit.arrived_at = true_time("arrive", locked_visit, happened_at, at=at)
    locked_visit.save(update_fields=["state", "arrived_at"])
    _record("arrive", ticket, locked_visit, locked_visit.arrived_at, by=by, at=at)
    return locked_visit


def lock_visit(visit: Visit) -> tuple[Ticket, Visit]:
    """A step of the operations on visits: locks the ticket, then its visit, and returns both."""
    ticket = lock_ticket(visit.ticket)
    locked_visit = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("crew", "repairer")
        .filter(pk=visit.pk)
        .first()
    )
    if locked_visit is None:
        raise NotFound(_("没有这次上门。"))
    locked_visit.ticket = ticket
    return ticket, locked_visit


def check_own_visit(visit: Visit, by: Actor) -> None:
    """A step of the operations on visits: refuses all but the repairer who accepted the visit."""
    if by.user is None or visit.repairer_id != by.user.pk:
        raise NotAllowed(_("请由接单的维修人员本人办理。"))


def _record(
    verb: str, ticket: Ticket, visit: Visit, happened_at: datetime, *, by: Actor, at: datetime
) -> None:
    """Writes the journal line of a step with its true time."""
    journal.record(
        verb, ticket, by=by, at=at, visit=visit.ordinal, happened_at=happened_at.isoformat()
    )


def _begin_step(visit: Visit, verb: str, *, by: Actor) -> tuple[Ticket, Visit]:
    """Checks the permission, locks the visit and sets its next state; the caller saves it."""
    authorise(by, f"complaints.{verb}", visit.ticket.company)
    ticket, locked_visit = lock_visit(visit)
    if locked_visit.state == VisitState.WITHDRAWN:
        raise Refused("visit_withdrawn", _("这次派工已被调度撤回，请返回工单列表查看新的派工。"))
    locked_visit.state = VISIT.next_state(locked_visit.state, verb)
    return ticket, locked_visit


def withdraw_live_visits(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """A step of assigning, reclassifying and resolving: withdraws the visits that are not finished.

    The caller holds the lock of the ticket.
    """
    for visit in ticket.visits.select_for_update(of=("self",)).filter(state__in=LIVE_VISITS):
        visit.state = VISIT.next_state(visit.state, "withdraw_visit")
        visit.save(update_fields=["state"])
        journal.record("withdraw_visit", ticket, by=by, at=at, visit=visit.ordinal)
