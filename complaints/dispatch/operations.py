"""Dispatch: who is sent, and how far they are."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from complaints.locking import lock_ticket, save_ticket
from complaints.models import Crew, Ticket, Visit
from complaints.promises.clock_entries import true_time
from complaints.states import LIVE_VISITS, TICKET, VISIT, VisitState
from office import journal
from office.actors import Actor
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from office.zone import SHANGHAI


@transaction.atomic
def assign_ticket(
    ticket: Ticket, crew: Crew, *, seen_version: int, by: Actor, at: datetime
) -> Visit:
    """Send a crew; a visit that was under way for another crew is withdrawn.

    Of two dispatchers who decide on the same version one wins and the other is told.
    """
    authorise(by, "complaints.assign_ticket", ticket.company)
    held = lock_ticket(ticket, seen_version)
    if crew.company_id != held.company_id or not crew.active:
        raise Invalid("crew_wrong", _("所选班组不属于该公司或已停用，请另选班组。"))
    state = TICKET.next_state(held.state, "assign_ticket")
    _withdraw_live_visit(held, by=by, at=at)
    ordinals = held.visits.aggregate(last=Max("ordinal"))
    visit = Visit.objects.create(
        ticket=held,
        ordinal=(ordinals["last"] or 0) + 1,
        crew=crew,
        redo_round=held.redo_count,
        assigned_by=by.user,
        assigned_at=at,
    )
    held.state = state
    held.crew = crew
    held.assigned_by = by.user
    save_ticket(held, "state", "crew", "assigned_by")
    journal.record("assign_ticket", held, by=by, at=at, crew=crew.name, visit=visit.ordinal)
    return visit


@transaction.atomic
def accept_assignment(
    visit: Visit, *, happened_at: datetime | None = None, by: Actor, at: datetime
) -> Visit:
    """A member of the crew takes the visit on."""
    ticket, held = _hold(visit, "accept_assignment", by=by)
    if by.user is None or not held.crew.members.filter(pk=by.user.pk).exists():
        raise Refused(
            "other_crew",
            _("这张工单派给了%(crew)s，请由该班组成员接单。"),
            status=403,
            crew=held.crew.name,
        )
    ticket.state = TICKET.next_state(ticket.state, "accept_assignment")
    held.repairer = by.user
    held.accepted_at = step_time(held, happened_at, at)
    held.save(update_fields=["state", "repairer", "accepted_at"])
    save_ticket(ticket, "state")
    _record("accept_assignment", ticket, held, held.accepted_at, by=by, at=at)
    return held


@transaction.atomic
def depart(visit: Visit, *, happened_at: datetime | None = None, by: Actor, at: datetime) -> Visit:
    """The repairer is on the way."""
    ticket, held = _hold(visit, "depart", by=by)
    check_own_visit(held, by)
    held.departed_at = step_time(held, happened_at, at)
    held.save(update_fields=["state", "departed_at"])
    _record("depart", ticket, held, held.departed_at, by=by, at=at)
    return held


@transaction.atomic
def arrive(visit: Visit, *, happened_at: datetime | None = None, by: Actor, at: datetime) -> Visit:
    """The repairer stands at the door."""
    ticket, held = _hold(visit, "arrive", by=by)
    check_own_visit(held, by)
    held.arrived_at = step_time(held, happened_at, at)
    held.save(update_fields=["state", "arrived_at"])
    _record("arrive", ticket, held, held.arrived_at, by=by, at=at)
    return held


def lock_visit(visit: Visit) -> tuple[Ticket, Visit]:
    """Hold the ticket first, then its visit."""
    ticket = lock_ticket(visit.ticket)
    held = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("crew", "repairer")
        .filter(pk=visit.pk)
        .first()
    )
    if held is None:
        raise NotFound(_("没有这次上门。"))
    held.ticket = ticket
    return ticket, held


def check_own_visit(visit: Visit, by: Actor) -> None:
    """Only who accepted the visit goes on with it."""
    if by.user is None or visit.repairer_id != by.user.pk:
        raise NotAllowed(_("请由接单的维修人员本人办理。"))


def last_step_of(visit: Visit) -> datetime:
    """When the latest step of the visit happened."""
    steps = (visit.accepted_at, visit.departed_at, visit.arrived_at, visit.found_at)
    return max([visit.assigned_at, *(step for step in steps if step is not None)])


def step_time(visit: Visit, happened_at: datetime | None, at: datetime) -> datetime:
    """When a step truly happened: now or earlier, and not before the step that came last."""
    when, last = true_time(happened_at, at), last_step_of(visit)
    if when < last:
        raise Refused(
            "before_last_step",
            _("这一步的时间 %(when)s 早于上一步 %(last)s，请核对手机时间后重新提交。"),
            when=f"{when.astimezone(SHANGHAI):%m-%d %H:%M}",
            last=f"{last.astimezone(SHANGHAI):%m-%d %H:%M}",
        )
    return when


def _record(
    verb: str, ticket: Ticket, visit: Visit, happened_at: datetime, *, by: Actor, at: datetime
) -> None:
    journal.record(
        verb, ticket, by=by, at=at, visit=visit.ordinal, happened_at=happened_at.isoformat()
    )


def _hold(visit: Visit, verb: str, *, by: Actor) -> tuple[Ticket, Visit]:
    authorise(by, f"complaints.{verb}", visit.ticket.company)
    ticket, held = lock_visit(visit)
    if held.state == VisitState.WITHDRAWN:
        raise Refused("visit_withdrawn", _("这次派工已被调度撤回，请返回工单列表查看新的派工。"))
    held.state = VISIT.next_state(held.state, verb)
    return ticket, held


def _withdraw_live_visit(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    for visit in ticket.visits.select_for_update(of=("self",)).filter(state__in=LIVE_VISITS):
        visit.state = VISIT.next_state(visit.state, "withdraw_visit")
        visit.save(update_fields=["state"])
        journal.record("withdraw_visit", ticket, by=by, at=at, visit=visit.ordinal)
