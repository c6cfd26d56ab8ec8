"""Everything counted anew in one pass over all days, and whether the frozen nights say the same."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from complaints.queries.kpi_rows import Within, day_of, rows_sql

# Equal rows have equal digests in whatever order they come; kept nowhere, so any version may hash.
_DIGEST = """count(*), bit_xor(hashtextextended(concat_ws('|', measure, id, company_id,
    coalesce(heat_station_id, 0), coalesce(crew_id, 0), kind, channel, hit, minutes), 0))"""
_RECOUNT = f"""
SELECT {day_of("instant")} AS day, {_DIGEST}
FROM ({rows_sql(Within.BEFORE)}) AS counted GROUP BY 1
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
    return _by_day(_RECOUNT, {"until": until})


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


def _by_day(sql: str, params: dict[str, datetime]) -> dict[date, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {day: (count, digest) for day, count, digest in cursor.fetchall()}
