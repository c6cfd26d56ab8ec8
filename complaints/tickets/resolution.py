"""The end of a ticket: resolved, closed, or reopened with the same clock."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketKind
from complaints.customer_messages import tell_resolved
from complaints.dispatch.operations import withdraw_live_visits
from complaints.locking import lock_ticket, save_ticket
from complaints.models import Ticket, Visit
from complaints.promises.clock_entries import Entry, enter
from complaints.promises.owed_call_backs import drop_call_backs, owe_call_back
from complaints.states import LIVE_CALL_BACKS, TICKET
from complaints.tickets.joined import (
    check_joined_work,
    check_verifier,
    is_repaired,
    last_work,
    lock_joined,
)
from complaints.time_bounds import not_before, true_time
from office import journal
from office.actors import Actor
from office.clock import EventKind
from office.permissions import authorise
from office.refusals import Invalid, Refused


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

    A joined ticket that does not meet its own conditions is named in the refusal, and nothing ends.

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
    if locked_ticket.kind == TicketKind.REPAIR and not is_repaired(locked_ticket):
        raise Refused(
            "not_repaired",
            _("报修须有一次“已修复”且用户确认的上门才能办结；所属故障恢复供热后也可办结。"),
        )
    if locked_ticket.redo_count:
        check_verifier(locked_ticket, by=by)
        locked_ticket.verified_by = by.user
    end = End("resolve_ticket", true_time("resolve_ticket", locked_ticket, happened_at, at=at))
    visit = last_work(locked_ticket)
    finish(locked_ticket, resolution, end, by=by, at=at)
    for joined in lock_joined(locked_ticket):
        check_joined_work(joined, visit, by=by)
        if joined.redo_count:
            joined.verified_by = by.user
        # A caller who reported only after the work was done waited no time at all.
        done_at = not_before("resolve_ticket", joined, end.at)
        finish(joined, resolution, End("resolve_joined", done_at, visit), by=by, at=at)
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


@dataclass(frozen=True)
class End:
    """How and when a ticket ends; a joined one also by which visit of its main ticket."""

    action: str
    at: datetime
    main_visit: Visit | None = None


def finish(ticket: Ticket, resolution: str, end: End, *, by: Actor, at: datetime) -> None:
    """A step of resolving a ticket: stops the clock, schedules the call-back, informs the customer.

    Visits under way are withdrawn: a ticket that its incident or its main ticket mended sends
    nobody out. The caller holds the ticket's lock and has set its next state.
    """
    withdraw_live_visits(ticket, by=by, at=at)
    done = Entry(EventKind.DONE, end.at, main_visit=end.main_visit)
    reading = enter(ticket, done, by=by, at=at)
    ticket.resolution = resolution.strip()
    ticket.resolved_by = by.user
    fields = ["state", "resolution", "resolved_by", "verified_by", "due_at", "clock_state"]
    if end.main_visit is not None:
        # Who mended it may neither verify a redo nor ring the customer, as with the main ticket.
        ticket.repaired_by = end.main_visit.repairer
        fields.append("repaired_by")
    save_ticket(ticket, *fields)
    tell_resolved(ticket, owe_call_back(ticket, end.at), by=by, at=at)
    journal.record(
        end.action,
        ticket,
        by=by,
        at=at,
        happened_at=end.at.isoformat(),
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
