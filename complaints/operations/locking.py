"""The lock under which a ticket, its clock, its visits and its call-backs change."""

from complaints.models import Ticket
from complaints.states import LIVE_TICKETS, TicketState
from office.refusals import NotFound, Refused


def lock_ticket(ticket: Ticket, seen_version: int | None = None) -> Ticket:
    """Wait for and hold the ticket; refuse whoever decided on an older version of it."""
    held = (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company")
        .filter(pk=ticket.pk)
        .first()
    )
    if held is None:
        raise NotFound("没有这张工单。")
    if seen_version is not None and held.version != seen_version:
        raise Refused(
            "ticket_changed",
            f"工单 {held.number} 刚刚被他人处理过（现为“{held.get_state_display()}”），"
            "请刷新后重新决定；本次没有改动。",
            state=held.state,
            version=held.version,
        )
    return held


def save_ticket(ticket: Ticket, *fields: str) -> None:
    """Write the columns and raise the version."""
    ticket.version += 1
    ticket.save(update_fields=[*fields, "version"])


def check_live(ticket: Ticket, wish: str) -> None:
    """Refuse what only a ticket in work can have done to it."""
    if ticket.state not in LIVE_TICKETS:
        here = TicketState(ticket.state).label
        raise Refused("ticket_not_live", f"工单现在是“{here}”，不能{wish}。", state=ticket.state)
