"""The end of a ticket: resolved, closed, or reopened with the same clock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketKind
from complaints.customer_messages import tell_resolved
from complaints.incidents.reach import explains
from complaints.locking import lock_ticket, save_ticket
from complaints.models import Ticket, VisitOutcome
from complaints.promises.clock_entries import Entry, enter
from complaints.promises.owed_call_backs import drop_call_backs, owe_call_back
from complaints.states import (
    LIVE_CALL_BACKS,
    TICKET,
    IncidentState,
    TicketState,
    VisitState,
)
from complaints.time_bounds import last_clock_event, true_time
from office import journal
from office.actors import Actor
from office.clock import EventKind
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused

_WARM_AGAIN = (IncidentState.RESTORED, IncidentState.CLOSED)


@transaction.atomic
def resolve_ticket(
    ticket: Ticket,
    resolution: str,
    *,
    happened_at: datetime | None = None,
    seen_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Ticket:
    """Resolves the ticket and the tickets joined to it: stops the clock, schedules the call-back.

    After a redo the verifier must be a person who neither worked on the ticket nor resolved it the
    time before.
    """
    authorise(by, "complaints.resolve_ticket", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    locked_ticket.state = TICKET.next_state(locked_ticket.state, "resolve_ticket")
    if locked_ticket.kind == TicketKind.ENQUIRY:
        raise Refused("enquiry_is_answered", _("咨询请用“答复”办结，并注明所依据的知识条目。"))
    if not resolution.strip():
        raise Invalid("resolution_missing", _("请写明处理结果。"))
    if locked_ticket.kind == TicketKind.REPAIR:
        _check_repaired(locked_ticket)
    if locked_ticket.redo_count:
        _check_verifier(locked_ticket, by)
        locked_ticket.verified_by = by.user
    done_at = true_time("resolve_ticket", locked_ticket, happened_at, at=at)
    finish(locked_ticket, resolution, "resolve_ticket", done_at=done_at, by=by, at=at)
    for joined in locked_ticket.joined.filter(state=TicketState.JOINED).order_by("pk"):
        locked_joined = lock_ticket(joined)
        locked_joined.state = TICKET.next_state(locked_joined.state, "resolve_joined")
        # A caller who reported only after the work was done waited no time at all.
        joined_done_at = max(done_at, last_clock_event(locked_joined).at)
        finish(locked_joined, resolution, "resolve_joined", done_at=joined_done_at, by=by, at=at)
    return locked_ticket


@transaction.atomic
def reopen_ticket(
    ticket: Ticket, reason: str, *, seen_version: int | None = None, by: Actor, at: datetime
) -> Ticket:
    """Reopens a ticket whose work was not good enough; the first clock continues."""
    authorise(by, "complaints.reopen_ticket", ticket.company)
    return redo(lock_ticket(ticket, seen_version), reason, by=by, at=at)


@transaction.atomic
def close_ticket(
    ticket: Ticket, *, seen_version: int | None = None, by: Actor, at: datetime
) -> Ticket:
    """Closes a resolved ticket; refuses it while a call-back is still open."""
    authorise(by, "complaints.close_ticket", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    state = TICKET.next_state(locked_ticket.state, "close_ticket")
    if locked_ticket.call_backs.filter(state__in=LIVE_CALL_BACKS).exists():
        raise Refused("call_back_owed", _("这张工单还没有回访，请先完成回访再关闭。"))
    locked_ticket.state = state
    save_ticket(locked_ticket, "state")
    journal.record("close_ticket", locked_ticket, by=by, at=at)
    return locked_ticket


def finish(
    ticket: Ticket,
    resolution: str,
    action: str,
    *,
    done_at: datetime,
    by: Actor,
    at: datetime,
) -> None:
    """A step of resolving a ticket: stops the clock, schedules the call-back, informs the customer.

    The caller holds the ticket's lock and has set its next state.
    """
    reading = enter(ticket, Entry(EventKind.DONE, done_at), by=by, at=at)
    ticket.resolution = resolution.strip()
    ticket.resolved_by = by.user
    save_ticket(
        ticket, "state", "resolution", "resolved_by", "verified_by", "due_at", "clock_state"
    )
    tell_resolved(ticket, owe_call_back(ticket, done_at), by=by, at=at)
    journal.record(
        action,
        ticket,
        by=by,
        at=at,
        happened_at=done_at.isoformat(),
        elapsed_minutes=reading.elapsed_minutes,
        breached=reading.breached,
    )


def redo(ticket: Ticket, reason: str, *, by: Actor, at: datetime) -> Ticket:
    """A step of reopening a ticket: starts a redo as if the clock had never stopped.

    The caller holds the ticket's lock.
    """
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明返工原因。"))
    ticket.state = TICKET.next_state(ticket.state, "reopen_ticket")
    enter(ticket, Entry(EventKind.REDO, at, note=reason[:200]), by=by, at=at)
    ticket.redo_count += 1
    ticket.crew = None
    ticket.verified_by = None
    ticket.duplicate_of = None
    save_ticket(
        ticket,
        "state",
        "redo_count",
        "crew",
        "verified_by",
        "duplicate_of",
        "due_at",
        "clock_state",
    )
    drop_call_backs(ticket, by=by, at=at)
    journal.record(
        "reopen_ticket", ticket, by=by, at=at, reason=reason.strip(), redo=ticket.redo_count
    )
    return ticket


def _check_repaired(ticket: Ticket) -> None:
    """Refuses a repair without a visit that fixed it or an incident that explains it.

    An incident does not suffice where the flat was cold again afterwards, or for a fault such as a
    leak: there a crew has to go.
    """
    warm_again = ticket.incident is not None and ticket.incident.state in _WARM_AGAIN
    if warm_again and explains(ticket) and not ticket.redo_count:
        return
    repairs = ticket.visits.filter(
        state=VisitState.COMPLETED,
        outcome=VisitOutcome.FIXED,
        redo_round=ticket.redo_count,
    )
    if not repairs.exists():
        raise Refused(
            "not_repaired",
            _("报修须有一次“已修复”且用户确认的上门才能办结；所属故障恢复供热后也可办结。"),
        )


def _check_verifier(ticket: Ticket, by: Actor) -> None:
    """Refuses a verifier of a redo who worked on the ticket or resolved it the time before."""
    if by.user is None:
        raise NotAllowed(_("返工须由人员验收。"))
    if ticket.visits.filter(repairer=by.user).exists():
        raise NotAllowed(_("返工须由未参与维修的人员验收，请换人办结。"))
    if ticket.resolved_by_id == by.user.pk:
        raise NotAllowed(_("上次是您办结的，返工须由另一人验收，请换人办结。"))
