"""The only thing that stops a promise: waiting for the customer, with evidence."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import PauseReason
from complaints.evidence import check_evidence
from complaints.locking import check_live, lock_ticket, save_ticket
from complaints.models import Ticket
from complaints.promises.clock_entries import Entry, enter, true_time
from office import journal
from office.actors import Actor
from office.clock import EventKind
from office.models import Document
from office.operations.documents import Upload, attach_document
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
    """Stop the clock for a named reason; the evidence is a document of the ticket or a file."""
    authorise(by, "complaints.pause_ticket", ticket.company)
    held = lock_ticket(ticket, seen_version)
    check_live(held, _("暂停"))
    paused_at = true_time(happened_at, at)
    if isinstance(evidence, Upload):
        evidence = attach_document(
            held, evidence, company=held.company, kind="evidence", by=by, at=at
        )
    check_evidence(evidence, held)
    entry = Entry(EventKind.PAUSED, paused_at, reason, note, evidence)
    return _enter(held, "pause_ticket", entry, by=by, at=at)


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
    """Let the clock run again from the moment the customer no longer kept us waiting."""
    authorise(by, "complaints.resume_ticket", ticket.company)
    held = lock_ticket(ticket, seen_version)
    check_live(held, _("恢复计时"))
    entry = Entry(EventKind.RESUMED, true_time(happened_at, at), note=note)
    return _enter(held, "resume_ticket", entry, by=by, at=at)


def _enter(ticket: Ticket, action: str, entry: Entry, *, by: Actor, at: datetime) -> Ticket:
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
