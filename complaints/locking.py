"""Row locks of tickets and incidents.

The lock of a ticket also covers its clock, visits and call-backs; the lock of an incident covers
its notices.
"""

from django.utils.translation import gettext_lazy as _

from complaints.models import Incident, Ticket
from complaints.states import LIVE_TICKETS, TicketState
from office.language import Text
from office.refusals import NotFound, Refused


def lock_ticket(ticket: Ticket, seen_version: int | None = None) -> Ticket:
    """Locks the ticket's row and returns it; refuses a caller who saw an older version."""
    # NO KEY: rows that refer to the ticket can still be inserted meanwhile.
    locked_ticket = (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company")
        .filter(pk=ticket.pk)
        .first()
    )
    if locked_ticket is None:
        raise NotFound(_("没有这张工单。"))
    if seen_version is not None and locked_ticket.version != seen_version:
        raise Refused(
            "ticket_changed",
            _(
                "工单 %(number)s 刚刚被他人处理过（现为“%(here)s”），"
                "请刷新后重新决定；本次没有改动。"
            ),
            number=locked_ticket.number,
            here=TicketState(locked_ticket.state).label,
            state=locked_ticket.state,
            version=locked_ticket.version,
        )
    return locked_ticket


def lock_incident(incident: Incident) -> Incident:
    """Locks the incident's row and returns it with its company."""
    return (
        Incident.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company")
        .get(pk=incident.pk)
    )


def save_ticket(ticket: Ticket, *fields: str) -> None:
    """Saves the given columns and raises the version; `provisional` is saved with `due_at`."""
    ticket.version += 1
    implied_fields = ["provisional"] if "due_at" in fields else []
    ticket.save(update_fields=[*fields, *implied_fields, "version"])


def check_live(ticket: Ticket, wish: Text) -> None:
    """Refuses a ticket that is no longer in work; `wish` names the action in the sentence."""
    if ticket.state not in LIVE_TICKETS:
        state_label = TicketState(ticket.state).label
        raise Refused(
            "ticket_not_live",
            _("工单现在是“%(here)s”，不能%(wish)s。"),
            here=state_label,
            wish=wish,
            state=ticket.state,
        )
