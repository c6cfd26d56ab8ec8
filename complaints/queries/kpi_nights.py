"""Which nights there are, which are missing, and which were touched by what was entered late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Max, Min

from complaints.models import KpiNight, TemperatureTest, Ticket
from complaints.queries.kpi_rows import Within, day_of, rows_sql
from office.calendar import SHANGHAI, business_date

# A transaction under way at midnight may have written its time before the night looked.
OVERLAP = timedelta(hours=1)

_LATE_TICKETS = f"""
SELECT ticket_id FROM complaints_clockevent
WHERE {day_of("at")} < {day_of("entered_at")} AND entered_at > %(seen)s AND at < %(until)s
UNION
SELECT ticket_id FROM complaints_promise
WHERE cause = 'reclassified' AND made_at > %(seen)s
UNION
SELECT v.ticket_id FROM complaints_visitstep s JOIN complaints_visit v ON v.id = s.visit_id
WHERE {day_of("s.happened_at")} < {day_of("s.entered_at")}
  AND s.entered_at > %(seen)s AND s.happened_at < %(until)s
"""
_LATE_TESTS = f"""
SELECT DISTINCT {day_of("tested_at")} FROM complaints_temperaturetest
WHERE {day_of("tested_at")} < {day_of("entered_at")}
  AND entered_at > %(seen)s AND tested_at < %(until)s
"""
_THEIR_NIGHTS = f"""
SELECT n.day FROM complaints_kpifact f JOIN complaints_kpinight n ON n.id = f.night_id
WHERE f.counted && %(tickets)s::bigint[] AND f.measure <> 'temperature'
  AND NOT EXISTS (SELECT FROM complaints_kpinight l
                  WHERE l.day = n.day AND l.revision > n.revision)
UNION
SELECT {day_of("instant")} FROM ({rows_sql(Within.TICKETS)}) AS counted
"""


@dataclass(frozen=True)
class Frozen:
    """How far the nights have come: the first and last day, and when that was looked at."""

    first: date
    last: date
    seen: datetime


def begin_of(day: date) -> datetime:
    """The instant at which a business day begins."""
    return datetime.combine(day, time(), SHANGHAI)


def latest_revision(day: date) -> KpiNight | None:
    """The night that holds for a day."""
    return KpiNight.objects.filter(day=day).order_by("-revision").first()


def frozen() -> Frozen | None:
    """Nothing before the first night."""
    found = KpiNight.objects.filter(revision=1).aggregate(
        first=Min("day"), last=Max("day"), seen=Max("computed_at")
    )
    if found["seen"] is None:
        return None
    return Frozen(found["first"], found["last"], found["seen"])


def missing_days(at: datetime) -> list[date]:
    """Days over by `at` that have no night yet, in order, from the first thing that happened."""
    since = _first_day()
    yesterday = business_date(at) - timedelta(days=1)
    if since is None or since > yesterday:
        return []
    known = set(KpiNight.objects.values_list("day", flat=True))
    days = (since + timedelta(days=n) for n in range((yesterday - since).days + 1))
    return [day for day in days if day not in known]


def late_days(state: Frozen) -> list[date]:
    """Frozen days that something entered since the last night may have changed, in order."""
    params = {"seen": state.seen - OVERLAP, "until": begin_of(state.last + timedelta(days=1))}
    with connection.cursor() as cursor:
        cursor.execute(_LATE_TESTS, params)
        days = {day for (day,) in cursor.fetchall()}
        cursor.execute(_LATE_TICKETS, params)
        tickets = [ticket for (ticket,) in cursor.fetchall()]
        if tickets:
            cursor.execute(_THEIR_NIGHTS, params | {"tickets": tickets})
            days |= {day for (day,) in cursor.fetchall()}
    return sorted(KpiNight.objects.filter(day__in=days, revision=1).values_list("day", flat=True))


def _first_day() -> date | None:
    reported = Ticket.objects.aggregate(first=Min("reported_at"))["first"]
    tested = TemperatureTest.objects.aggregate(first=Min("tested_at"))["first"]
    known: Sequence[datetime] = [instant for instant in (reported, tested) if instant is not None]
    return business_date(min(known)) if known else None
