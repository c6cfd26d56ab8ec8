"""Everything counted anew in one pass over all days, and whether the frozen nights say the same."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from complaints.queries.kpi_pass import PASS, SPECIAL
from complaints.queries.kpi_rows import Within, rows_sql, tests_sql

# Equal rows have equal digests in whatever order they come; kept nowhere, so any version may hash.
_DIGEST = """count(*), bit_xor(hashint8extended(id, hashint8extended(coalesce(crew_id, 0),
    hashint8extended(coalesce(minutes, -1) * 2 + hit::int, hashtextextended(measure,
    hashtextextended(kind || channel, hashint8extended(company_id, coalesce(heat_station_id, 0))
    ))))))"""
# China has kept one time for longer than there are tickets: adding hours is the zone's day, faster.
_DAY = "(instant AT TIME ZONE interval '8 hours')::date"
_RECOUNT = f"""
SELECT {_DAY} AS day, {_DIGEST} FROM (
    {PASS}
    UNION ALL
    {rows_sql(Within.TICKETS)}
    UNION ALL
    {tests_sql()}
) AS counted GROUP BY 1
"""
_FROZEN = f"""
SELECT day, {_DIGEST} FROM (
    SELECT n.day, f.measure, c.id, f.company_id, f.heat_station_id, f.crew_id, f.kind, f.channel,
           c.id = ANY(f.hits) AS hit, f.minutes[c.place] AS minutes
    FROM complaints_kpinight n JOIN complaints_kpifact f ON f.night_id = n.id
    CROSS JOIN unnest(f.counted) WITH ORDINALITY AS c (id, place)
    WHERE NOT EXISTS (SELECT FROM complaints_kpinight l
                      WHERE l.day = n.day AND l.revision > n.revision)
) AS counted GROUP BY 1
"""


@dataclass(frozen=True)
class Difference:
    """A day whose frozen facts are not what counting everything anew gives."""

    day: date
    frozen_rows: int
    counted_rows: int


def recount(until: datetime) -> dict[date, tuple[int, int]]:
    """For every day before `until`: how many rows its figures count, and their digest."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Enough to join five million tickets in a few batches, and no more.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(SPECIAL)
        special = [ticket for (ticket,) in cursor.fetchall()]
        return _by_day(_RECOUNT, {"until": until, "special": special, "tickets": special})


def frozen_rows() -> dict[date, tuple[int, int]]:
    """The same for what the latest revisions froze."""
    return _by_day(_FROZEN, {})


def differences(until: datetime) -> list[Difference]:
    """The days before `until` on which both disagree, in order."""
    counted, frozen = recount(until), frozen_rows()
    nothing = (0, 0)
    return [
        Difference(day, frozen.get(day, nothing)[0], counted.get(day, nothing)[0])
        for day in sorted({*counted, *frozen})
        if counted.get(day, nothing) != frozen.get(day, nothing)
    ]


def _by_day(sql: str, params: dict[str, Any]) -> dict[date, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {day: (count, digest) for day, count, digest in cursor.fetchall()}
