"""The announced ends of the reports that a reader holds keys to."""

from collections.abc import Collection
from uuid import UUID

from whistleblowing.models import Retention


def announced_ends(reports: Collection[UUID]) -> list[Retention]:
    """Returns the retentions of these reports of which the end was announced, the next first."""
    announced = Retention.objects.filter(
        report__in=reports, held_at=None, warnings__isnull=False
    ).distinct()
    return list(announced.order_by("last_day", "pk"))
