"""Pauses of a promise: the ticket waits for the customer, and a document proves it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import PauseReason
from complaints.evidence import check_evidence
from complaints.locking import check_live, lock_ticket, save_ticket
from complaints.models import Ticket
from complaints.promises.clock_entries import Entry, enter
from complaints.time_bounds import true_time
from office import journal
from office.actors import Actor
from office.clock import EventKind
from office.documents.operations import Upload, attach_document
from office.models import Document
from office.permissions import authorise


@transaction.atomic
def pause_ticket(
    ticket: Ticket,
    reason: PauseReason,
    evidence: Document | Upload,
    *,
    note: str = "",
    happened_at: datetime | None = None,
    seen_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Ticket:
    """Stops the ticket's clock for a reason; the evidence is a document of the ticket or a new
    file.
    """
    authorise(by, "complaints.pause_ticket", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    check_live(locked_ticket, _("暂停"))
    paused_at = true_time("pause_ticket", locked_ticket, happened_at, at=at)
    if isinstance(evidence, Upload):
        evidence = attach_document(
            locked_ticket, evidence, company=locked_ticket.company, kind="evidence", by=by, at=at
        )
    check_evidence(evidence, locked_ticket)
    entry = Entry(EventKind.PAUSED, paused_at, reason, note, evidence)
    return _enter(locked_ticket, "pause_ticket", entry, by=by, at=at)


@transaction.atomic
def resume_ticket(
    ticket: Ticket,
    *,
    note: str = "",
    happened_at: datetime | None = None,
    seen_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Ticket:
    """Lets the ticket's clock run again from the time at which the customer was ready."""
    authorise(by, "complaints.resume_ticket", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    check_live(locked_ticket, _("恢复计时"))
    resumed_at = true_time("resume_ticket", locked_ticket, happened_at, at=at)
    entry = Entry(EventKind.RESUMED, resumed_at, note=note)
    return _enter(locked_ticket, "resume_ticket", entry, by=by, at=at)


def _enter(ticket: Ticket, action: str, entry: Entry, *, by: Actor, at: datetime) -> Ticket:
    """A step of both: enters the event, saves the ticket and records the journal line."""
    enter(ticket, entry, by=by, at=at)
    save_ticket(ticket, "due_at", "clock_state")
    journal.record(
        action,
        ticket,
        by=by,
        at=at,
        happened_at=entry.at.isoformat(),
        reason=entry.reason.value if entry.reason else "",
        due_at=ticket.due_at.isoformat() if ticket.due_at else "",
    )
    return ticket
