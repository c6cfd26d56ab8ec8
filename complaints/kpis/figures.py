"""Figures read from the frozen facts: sums over the latest revision of every night.

Each function makes one query.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from complaints.kpis.arithmetic import TIMED, Count, Figure, Times, figures_of
from complaints.kpis.periods import Period
from office.models import User

# A column of the facts, never what somebody typed.
DIMENSIONS = {
    "company": "f.company_id",
    "heat_station": "f.heat_station_id",
    "crew": "f.crew_id",
    "kind": "f.kind",
    "channel": "f.channel",
}
_FACTS = """FROM complaints_kpifact f
    JOIN complaints_kpinight n ON n.id = f.night_id
    JOIN unnest(%(names)s::text[], %(since)s::date[], %(until)s::date[])
         AS period (name, since, until)
      ON n.day >= period.since AND n.day < period.until
    WHERE NOT EXISTS (
        SELECT FROM complaints_kpinight l WHERE l.day = n.day AND l.revision > n.revision)"""
_SUMS = """SELECT {group}, f.measure, f.kind, sum(f.denominator), sum(f.numerator), NULL::int[]
    {facts} GROUP BY 1, 2, 3"""
_TIMES = """SELECT {group}, f.measure, '', 0, 0,
        percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY passed)
    {facts} AND f.measure = ANY(%(timed)s) GROUP BY 1, 2"""


@dataclass(frozen=True)
class Slice:
    """A selection of facts: the user's companies, and the chosen values of the dimensions."""

    companies: frozenset[int] | None
    chosen: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, user: User, **chosen: Any) -> "Slice":
        """Returns the selection of what the user may see, restricted to their choices."""
        own = None if user.sees_every_company else frozenset(user.company_ids)
        return cls(own, {name: value for name, value in chosen.items() if value is not None})

    def conditions(self) -> tuple[str, dict[str, Any]]:
        """Returns the selection as SQL to follow WHERE, and its parameters."""
        conditions, params = [], {}
        if self.companies is not None:
            conditions.append("f.company_id = ANY(%(companies)s)")
            params["companies"] = sorted(self.companies)
        for name, value in self.chosen.items():
            # 0 is no station and no crew, as a link says it.
            parameter = f"nullif(%({name})s, 0)" if isinstance(value, int) else f"%({name})s"
            conditions.append(f"{DIMENSIONS[name]} IS NOT DISTINCT FROM {parameter}")
            params[name] = value
        return "".join(f" AND {condition}" for condition in conditions), params


Figures = dict[str, Figure]


def figures_by_period(of: Slice, periods: Sequence[Period]) -> dict[str, Figures]:
    """Returns every period's figures by the period's name."""
    rows = _grouped(of, periods, "period.name", timed=True)
    nothing = figures_of((), {})
    return {period.name: rows.get(period.name, nothing) for period in periods}


def figures_by_day(of: Slice, periods: Sequence[Period], *, timed: bool) -> dict[date, Figures]:
    """Returns every day's figures; with percentiles if `timed`."""
    return _grouped(of, periods, "n.day", timed=timed)


def figures_by(of: Slice, period: Period, dimension: str) -> dict[Any, Figures]:
    """Returns the figures of every company, station, crew, kind or channel."""
    return _grouped(of, [period], DIMENSIONS[dimension], timed=True)


def figures_of_nights(nights: Sequence[int]) -> dict[tuple[int, int], Figures]:
    """Returns the figures of some nights' revisions by (night, company)."""
    facts = "FROM complaints_kpifact f {more} WHERE f.night_id = ANY(%(nights)s)"
    rows = _read("ARRAY[f.night_id, f.company_id]", facts, {"nights": list(nights)}, timed=True)
    return {(group[0], group[1]): figures for group, figures in rows.items()}


def _grouped(
    of: Slice, periods: Sequence[Period], group: str, *, timed: bool
) -> dict[Any, Figures]:
    conditions, params = of.conditions()
    params |= {
        "names": [period.name for period in periods],
        "since": [period.since for period in periods],
        "until": [period.until for period in periods],
    }
    facts = _FACTS.replace("    WHERE", "    {more} WHERE") + conditions
    return _read(group, facts, params, timed=timed)


def _read(group: str, facts: str, params: dict[str, Any], *, timed: bool) -> dict[Any, Figures]:
    counts: dict[Any, list[Count]] = defaultdict(list)
    times: dict[Any, dict[str, Times]] = defaultdict(dict)
    sql = _SUMS.format(group=group, facts=facts.format(more=""))
    if timed:
        more = "CROSS JOIN unnest(f.minutes) AS passed"
        sql += " UNION ALL " + _TIMES.format(group=group, facts=facts.format(more=more))
        params = params | {"timed": [measure.value for measure in TIMED]}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for key, measure, kind, denominator, numerator, percentiles in cursor.fetchall():
            if percentiles is None:
                counts[_key(key)].append(Count(measure, kind, int(denominator), int(numerator)))
            else:
                times[_key(key)][measure] = Times(*percentiles)
    return {key: figures_of(counts[key], times[key]) for key in counts}


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
