"""Whom to send."""

from datetime import datetime

from django.db.models import QuerySet

from complaints.models import Crew, Ticket


def crews_to_send(ticket: Ticket, *, at: datetime) -> QuerySet[Crew]:
    """The crews that can be assigned, the likeliest first. `at` is when they would be sent."""
    return Crew.objects.filter(company=ticket.company_id, active=True).order_by("name")
