"""A recount of all days, compared with the frozen nights."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

# A tally's digest is a column that the database makes of all others.
_FIGURES = """
SELECT day, company_id, measure, count(*), count(*) FILTER (WHERE hit), bit_xor(digest)
FROM {rows} GROUP BY day, company_id, measure
"""
_RECOUNT = _FIGURES.format(rows="complaints_kpitally WHERE day < %(until)s")
_FROZEN = _FIGURES.format(
    rows="""(
    SELECT n.day, f.company_id, f.measure, t.hit,
           complaints_tally_digest(t.record, f.heat_station_id, f.crew_id, f.minutes[t.place],
                                   t.hit, f.kind, f.channel) AS digest
    FROM complaints_kpinight n JOIN complaints_kpifact f ON f.night_id = n.id
    CROSS JOIN LATERAL (
        SELECT record, place, record = ANY(f.hits) AS hit
        FROM unnest(f.counted) WITH ORDINALITY AS c (record, place)) AS t
    WHERE NOT EXISTS (SELECT FROM complaints_kpinight l
                      WHERE l.day = n.day AND l.revision > n.revision)) AS frozen"""
)

# Of a day, a company and a measure: how many rows, how many of them hit, and their digest.
Sums = dict[tuple[date, int, str], tuple[int, int, int]]


@dataclass(frozen=True)
class Difference:
    """A company's measure of a day whose frozen facts differ from the recount."""

    day: date
    company_id: int
    measure: str
    frozen: str
    counted: str


def recount(until: date) -> Sums:
    """A step of `differences`, in a transaction of its own, to which its settings are limited.

    Returns the figures of every day before `until`, in one pass over the tallies.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        # Some thousand rows come back from each worker, which the planner cannot know.
        cursor.execute("SET LOCAL parallel_tuple_cost = 0")
        return _sums(_RECOUNT, {"until": until})


def frozen_sums() -> Sums:
    """Returns the same sums from the facts that the latest revisions froze."""
    return _sums(_FROZEN, {})


def differences(until: date) -> list[Difference]:
    """Returns where both disagree before `until`, in order."""
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
