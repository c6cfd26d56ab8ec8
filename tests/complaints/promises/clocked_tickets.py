"""Tickets whose clock runs, and everything a refusal must leave alone."""

from datetime import datetime

from complaints.classes import PauseReason
from complaints.models import Ticket
from complaints.promises.pauses import pause_ticket
from office.models import JournalEntry
from tests.service_desk import Desk, a_paper, t

MONDAY = t("2026-01-12 09:00")


def pause(
    ticket: Ticket, desk: Desk, at: datetime, *, happened_at: datetime | None = None
) -> Ticket:
    return pause_ticket(
        ticket,
        PauseReason.NOBODY_HOME,
        a_paper(ticket, desk.company, by=desk.agent, at=at),
        happened_at=happened_at,
        by=desk.agent,
        at=at,
    )


def facts(ticket: Ticket) -> tuple[object, ...]:
    """Everything a refusal must leave alone."""
    stored_ticket = Ticket.objects.get(pk=ticket.pk)
    return (
        stored_ticket.version,
        stored_ticket.state,
        stored_ticket.due_at,
        stored_ticket.clock_state,
        stored_ticket.clock_events.count(),
        stored_ticket.promises.count(),
        stored_ticket.call_backs.count(),
        JournalEntry.objects.exclude(action="attach_document").count(),
    )
