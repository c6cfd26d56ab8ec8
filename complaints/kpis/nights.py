"""Queries of nights: which exist, and which are missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max, Min

from complaints.models import KpiNight, KpiStale, TemperatureTest, Ticket
from office.calendar import business_date
from office.zone import SHANGHAI


@dataclass(frozen=True)
class Frozen:
    """The first and the last frozen day."""

    first: date
    last: date


def begin_of(day: date) -> datetime:
    """Returns the instant at which a business day begins."""
    return datetime.combine(day, time(), SHANGHAI)


def latest_revision(day: date) -> KpiNight | None:
    """Returns the latest revision of a day's night."""
    return KpiNight.objects.filter(day=day).order_by("-revision").first()


def frozen() -> Frozen | None:
    """Returns the first and last frozen day; None before the first night."""
    days = KpiNight.objects.aggregate(first=Min("day"), last=Max("day"))
    return Frozen(days["first"], days["last"]) if days["last"] else None


def missing_days(at: datetime) -> list[date]:
    """Returns past days without a night, in order, from the day of the first record."""
    since = _first_day()
    yesterday = business_date(at) - timedelta(days=1)
    if since is None or since > yesterday:
        return []
    frozen_days = set(KpiNight.objects.values_list("day", flat=True))
    days = (since + timedelta(days=n) for n in range((yesterday - since).days + 1))
    return [day for day in days if day not in frozen_days]


def stale_days() -> list[date]:
    """Returns frozen days whose tallies have changed since, in order."""
    stale = KpiStale.objects.filter(day__isnull=False).values_list("day", flat=True)
    return sorted({day for day in stale if day is not None})


def _first_day() -> date | None:
    reported = Ticket.objects.aggregate(first=Min("reported_at"))["first"]
    tested = TemperatureTest.objects.aggregate(first=Min("tested_at"))["first"]
    instants: Sequence[datetime] = [row for row in (reported, tested) if row is not None]
    return business_date(min(instants)) if instants else None
