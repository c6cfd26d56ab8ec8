"""Which nights there are, and which are missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max, Min

from complaints.models import KpiNight, KpiStale, TemperatureTest, Ticket
from office.calendar import business_date
from office.zone import SHANGHAI


@dataclass(frozen=True)
class Frozen:
    """How far the nights have come: the first and the last day."""

    first: date
    last: date


def begin_of(day: date) -> datetime:
    """The instant at which a business day begins."""
    return datetime.combine(day, time(), SHANGHAI)


def latest_revision(day: date) -> KpiNight | None:
    """The night that holds for a day."""
    return KpiNight.objects.filter(day=day).order_by("-revision").first()


def frozen() -> Frozen | None:
    """Nothing before the first night."""
    found = KpiNight.objects.aggregate(first=Min("day"), last=Max("day"))
    return Frozen(found["first"], found["last"]) if found["last"] else None


def missing_days(at: datetime) -> list[date]:
    """Days over by `at` that have no night yet, in order, from the first thing that happened."""
    since = _first_day()
    yesterday = business_date(at) - timedelta(days=1)
    if since is None or since > yesterday:
        return []
    known = set(KpiNight.objects.values_list("day", flat=True))
    days = (since + timedelta(days=n) for n in range((yesterday - since).days + 1))
    return [day for day in days if day not in known]


def stale_days() -> list[date]:
    """Frozen days whose tallies changed since, in order."""
    noted = KpiStale.objects.filter(day__isnull=False).values_list("day", flat=True)
    return sorted({day for day in noted if day is not None})


def _first_day() -> date | None:
    reported = Ticket.objects.aggregate(first=Min("reported_at"))["first"]
    tested = TemperatureTest.objects.aggregate(first=Min("tested_at"))["first"]
    known: Sequence[datetime] = [instant for instant in (reported, tested) if instant is not None]
    return business_date(min(known)) if known else None
