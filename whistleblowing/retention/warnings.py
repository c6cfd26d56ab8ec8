"""The announced ends of the reports that a reader holds keys to."""

from django.db.models import QuerySet

from whistleblowing.models import Report, Retention


def announced_ends(reports: QuerySet[Report]) -> list[Retention]:
    """Returns the retentions of these reports of which the end was announced, the next first."""
    announced = Retention.objects.filter(
        report__in=reports.order_by().values("pk"), held_at=None, warnings__isnull=False
    ).distinct()
    return list(announced.order_by("last_day", "pk"))
