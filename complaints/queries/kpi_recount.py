"""The figures of all days counted anew, and whether the frozen nights say the same."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

# Equal rows have equal hashes, in whatever order they come; they are kept nowhere, so any version
# of PostgreSQL may reckon them its own way.
_HASH = """hashint8extended(record, hashint8extended(
    (coalesce(minutes, -1)::bigint << 1) | hit::int, hashint8extended(
    (coalesce(crew_id, 0) << 31) # coalesce(heat_station_id, 0),
    hashtextextended(kind, hashtextextended(channel, 0)))))"""
_FIGURES = f"""
SELECT day, company_id, measure, count(*), count(*) FILTER (WHERE hit), bit_xor({_HASH})
FROM {{rows}} GROUP BY day, company_id, measure
"""
_RECOUNT = _FIGURES.format(rows="complaints_kpitally WHERE day < %(until)s")
_FROZEN = _FIGURES.format(
    rows="""(
    SELECT n.day, f.measure, c.id AS record, f.company_id, f.heat_station_id, f.crew_id, f.kind,
           f.channel, c.id = ANY(f.hits) AS hit, f.minutes[c.place] AS minutes
    FROM complaints_kpinight n JOIN complaints_kpifact f ON f.night_id = n.id
    CROSS JOIN unnest(f.counted) WITH ORDINALITY AS c (id, place)
    WHERE NOT EXISTS (SELECT FROM complaints_kpinight l
                      WHERE l.day = n.day AND l.revision > n.revision)) AS frozen"""
)

# Of a day, a company and a measure: how many rows, how many of them hit, and their digest.
Sums = dict[tuple[date, int, str], tuple[int, int, int]]


@dataclass(frozen=True)
class Difference:
    """A company's measure of a day whose frozen facts are not what the tallies give."""

    day: date
    company_id: int
    measure: str
    frozen: str
    counted: str


def recount(until: date) -> Sums:
    """The figures of every day before `until` in one pass over the tallies."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        # Some thousand rows come back from each worker, which the planner cannot know.
        cursor.execute("SET LOCAL parallel_tuple_cost = 0")
        return _sums(_RECOUNT, {"until": until})


def frozen_sums() -> Sums:
    """The same for what the latest revisions froze."""
    return _sums(_FROZEN, {})


def differences(until: date) -> list[Difference]:
    """Where both disagree before `until`, in order."""
    counted, frozen = recount(until), frozen_sums()
    return [
        Difference(*key, _share(frozen.get(key)), _share(counted.get(key)))
        for key in sorted({*counted, *frozen})
        if counted.get(key) != frozen.get(key)
    ]


def _share(sums: tuple[int, int, int] | None) -> str:
    rows, hits = sums[:2] if sums else (0, 0)
    return f"{hits}/{rows}"


def _sums(sql: str, params: dict[str, Any]) -> Sums:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {
            (day, company, measure): (count, hits, digest)
            for day, company, measure, count, hits, digest in cursor.fetchall()
        }
