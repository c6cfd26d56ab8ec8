"""The locks: of a ticket, its clock, its visits and its call-backs; of an incident, its notices."""

from django.utils.translation import gettext_lazy as _

from complaints.models import Incident, Ticket
from complaints.states import LIVE_TICKETS, TicketState
from office.language import Text
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
        raise NotFound(_("没有这张工单。"))
    if seen_version is not None and held.version != seen_version:
        raise Refused(
            "ticket_changed",
            _(
                "工单 %(number)s 刚刚被他人处理过（现为“%(here)s”），"
                "请刷新后重新决定；本次没有改动。"
            ),
            number=held.number,
            here=TicketState(held.state).label,
            state=held.state,
            version=held.version,
        )
    return held


def lock_incident(incident: Incident) -> Incident:
    """Wait for and hold the incident with its company."""
    return (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company")
        .get(pk=incident.pk)
    )


def save_ticket(ticket: Ticket, *fields: str) -> None:
    """Write the columns and raise the version; a due time goes with whether it is provisional."""
    ticket.version += 1
    told = ["provisional"] if "due_at" in fields else []
    ticket.save(update_fields=[*fields, *told, "version"])


def check_live(ticket: Ticket, wish: Text) -> None:
    """Refuse what only a ticket in work can have done to it."""
    if ticket.state not in LIVE_TICKETS:
        here = TicketState(ticket.state).label
        raise Refused(
            "ticket_not_live",
            _("工单现在是“%(here)s”，不能%(wish)s。"),
            here=here,
            wish=wish,
            state=ticket.state,
        )
