"""Everything counted anew in one pass over all days, and whether the frozen nights say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import xor
from typing import Any

from django.db import connection, transaction

from complaints.queries.kpi_digest import by_day, day_of
from complaints.queries.kpi_pass import PASS, SPECIAL
from complaints.queries.kpi_rows import Within, rows_sql, tests_sql

_DAY = day_of("instant")
_BY_TICKET = by_day(f"SELECT {_DAY} AS day, * FROM ({rows_sql(Within.TICKETS)}) AS rows")
_TESTS = by_day(
    f"SELECT {_DAY} AS day, * FROM ({tests_sql()}) AS rows (measure, instant, id, company_id,"
    " heat_station_id, crew_id, kind, channel, hit, minutes)"
)
_FROZEN = by_day(
    """SELECT n.day, f.measure, c.id, f.company_id, f.heat_station_id, f.crew_id, f.kind,
           f.channel, c.id = ANY(f.hits) AS hit, f.minutes[c.place] AS minutes
    FROM complaints_kpinight n JOIN complaints_kpifact f ON f.night_id = n.id
    CROSS JOIN unnest(f.counted) WITH ORDINALITY AS c (id, place)
    WHERE NOT EXISTS (SELECT FROM complaints_kpinight l
                      WHERE l.day = n.day AND l.revision > n.revision)"""
)
_NOTHING = (0, 0)


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
        # Every table is read whole.
        cursor.execute("SET LOCAL enable_indexscan = off")
        # A few hundred days come back from each worker, which the planner cannot know.
        cursor.execute("SET LOCAL parallel_tuple_cost = 0")
        cursor.execute(SPECIAL)
        special = [ticket for (ticket,) in cursor.fetchall()]
        params = {"until": until, "special": special, "tickets": special}
        found = [_by_day(PASS, params)]
        cursor.execute("SET LOCAL enable_indexscan = on")
        found.append(_by_day(_TESTS, params))
        # The few are looked up: nothing is read through for them.
        cursor.execute("SET LOCAL enable_hashjoin = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")
        found.append(_by_day(_BY_TICKET, params))
    return {day: _together(day, found) for day in {day for one in found for day in one}}


def frozen_rows() -> dict[date, tuple[int, int]]:
    """The same for what the latest revisions froze."""
    return _by_day(_FROZEN, {})


def differences(until: datetime) -> list[Difference]:
    """The days before `until` on which both disagree, in order."""
    counted, frozen = recount(until), frozen_rows()
    return [
        Difference(day, frozen.get(day, _NOTHING)[0], counted.get(day, _NOTHING)[0])
        for day in sorted({*counted, *frozen})
        if counted.get(day, _NOTHING) != frozen.get(day, _NOTHING)
    ]


def _together(day: date, found: Sequence[dict[date, tuple[int, int]]]) -> tuple[int, int]:
    counts, digests = zip(*(one.get(day, _NOTHING) for one in found), strict=True)
    return sum(counts), reduce(xor, digests)


def _by_day(sql: str, params: dict[str, Any]) -> dict[date, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {day: (count, digest) for day, count, digest in cursor.fetchall()}
