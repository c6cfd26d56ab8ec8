"""The papers that an application must have, and those that are missing."""

from django.db.models import Q, QuerySet

from customers.models import Connection, ConnectionPaperRule
from office.calendar import business_date


def papers_asked(connection: Connection) -> QuerySet[ConnectionPaperRule]:
    """Returns the list of papers as it was on the day of the application."""
    day = business_date(connection.applied_at)
    return ConnectionPaperRule.objects.filter(
        Q(ends=None) | Q(ends__gte=day),
        ConnectionPaperRule.asked_of(connection.applicant_kind),
        company=connection.company_id,
        starts__lte=day,
    )


def missing_papers(connection: Connection) -> list[str]:
    """Returns the names of the papers that nobody has handed in yet."""
    required = papers_asked(connection)
    return list(
        required.exclude(pk__in=connection.papers.values("rule")).values_list("name", flat=True)
    )
