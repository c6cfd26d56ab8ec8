"""The end of a ticket: resolved, called back, closed, or begun anew with the same clock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketKind
from complaints.customer_messages import tell_resolved
from complaints.incidents.reach import explains
from complaints.locking import lock_ticket, save_ticket
from complaints.models import Ticket, VisitOutcome
from complaints.promises.clock_entries import Entry, enter, true_time
from complaints.promises.owed_call_backs import drop_call_backs, owe_call_back
from complaints.states import (
    LIVE_CALL_BACKS,
    TICKET,
    IncidentState,
    TicketState,
    VisitState,
)
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
    """Stop the clock and owe the call-back; tickets joined to this one are resolved with it.

    After a redo somebody verifies who has not worked on the ticket and had not passed the work
    that was not good enough.
    """
    authorise(by, "complaints.resolve_ticket", ticket.company)
    held = lock_ticket(ticket, seen_version)
    held.state = TICKET.next_state(held.state, "resolve_ticket")
    if held.kind == TicketKind.ENQUIRY:
        raise Refused("enquiry_is_answered", _("咨询请用“答复”办结，并注明所依据的知识条目。"))
    if not resolution.strip():
        raise Invalid("resolution_missing", _("请写明处理结果。"))
    if held.kind == TicketKind.REPAIR:
        _check_repaired(held)
    if held.redo_count:
        _check_verifier(held, by)
        held.verified_by = by.user
    finish(held, resolution, "resolve_ticket", happened_at=happened_at, by=by, at=at)
    for joined in held.joined.filter(state=TicketState.JOINED).order_by("pk"):
        also = lock_ticket(joined)
        also.state = TICKET.next_state(also.state, "resolve_joined")
        # Who called after the work was done waits no longer than until the call.
        done_at = max(true_time(happened_at, at), also.reported_at)
        finish(also, resolution, "resolve_joined", happened_at=done_at, by=by, at=at)
    return held


@transaction.atomic
def reopen_ticket(
    ticket: Ticket, reason: str, *, seen_version: int | None = None, by: Actor, at: datetime
) -> Ticket:
    """The work was not good enough: it is done again, on the first clock."""
    authorise(by, "complaints.reopen_ticket", ticket.company)
    return redo(lock_ticket(ticket, seen_version), reason, by=by, at=at)


@transaction.atomic
def close_ticket(
    ticket: Ticket, *, seen_version: int | None = None, by: Actor, at: datetime
) -> Ticket:
    """Nothing more comes of the ticket: its call-back is made or could not be."""
    authorise(by, "complaints.close_ticket", ticket.company)
    held = lock_ticket(ticket, seen_version)
    state = TICKET.next_state(held.state, "close_ticket")
    if held.call_backs.filter(state__in=LIVE_CALL_BACKS).exists():
        raise Refused("call_back_owed", _("这张工单还没有回访，请先完成回访再关闭。"))
    held.state = state
    save_ticket(held, "state")
    journal.record("close_ticket", held, by=by, at=at)
    return held


def finish(
    ticket: Ticket,
    resolution: str,
    action: str,
    *,
    happened_at: datetime | None,
    by: Actor,
    at: datetime,
) -> None:
    """Stop the clock of a ticket whose state has been moved, owe the call-back, tell the customer.

    Call under its lock.
    """
    done_at = true_time(happened_at, at)
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
    """Begin again as if the clock had never stopped. Call under the ticket's lock."""
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
    """A repair ends with a visit that mended it, or with the incident that made the flat cold.

    Where the flat was cold again after that, or where it turned out to leak, somebody has to go
    there.
    """
    warm_again = ticket.incident is not None and ticket.incident.state in _WARM_AGAIN
    if warm_again and explains(ticket) and not ticket.redo_count:
        return
    mended = ticket.visits.filter(
        state=VisitState.COMPLETED,
        outcome=VisitOutcome.FIXED,
        redo_round=ticket.redo_count,
    )
    if not mended.exists():
        raise Refused(
            "not_repaired",
            _("报修须有一次“已修复”且用户确认的上门才能办结；所属故障恢复供热后也可办结。"),
        )


def _check_verifier(ticket: Ticket, by: Actor) -> None:
    if by.user is None:
        raise NotAllowed(_("返工须由人员验收。"))
    if ticket.visits.filter(repairer=by.user).exists():
        raise NotAllowed(_("返工须由未参与维修的人员验收，请换人办结。"))
    if ticket.resolved_by_id == by.user.pk:
        raise NotAllowed(_("上次是您办结的，返工须由另一人验收，请换人办结。"))
