"""Who may ask a customer about a ticket."""

from django.db.models import Q

from complaints.models import Ticket
from office.models import User


def worked_on(ticket: Ticket, user: User) -> bool:
    """Whether the person did, sent, answered, verified or resolved the work of the ticket.

    Who only took the report in may call back.
    """
    own = {ticket.assigned_by_id, ticket.repaired_by_id, ticket.verified_by_id}
    if user.pk in own | {ticket.resolved_by_id}:
        return True
    return (
        ticket.visits.filter(Q(repairer=user) | Q(assigned_by=user)).exists()
        or ticket.answers.filter(answered_by=user).exists()
        or ticket.hand_overs.filter(handed_by=user).exists()
    )
