"""The tickets behind a figure, exactly as the nights froze them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from complaints.kpis.figures import Slice
from complaints.kpis.periods import Period
from complaints.measures import Form, Kpi, Measure
from complaints.models import KpiCorrection, TemperatureTest, Ticket

_BEHIND = """
SELECT n.day, c.id, c.id = ANY(f.hits) AS hit, f.minutes[c.place] AS minutes, count(*) OVER ()
FROM complaints_kpifact f JOIN complaints_kpinight n ON n.id = f.night_id
CROSS JOIN unnest(f.counted) WITH ORDINALITY AS c (id, place)
WHERE n.day >= %(since)s AND n.day < %(until)s AND f.measure = %(measure)s
  AND NOT EXISTS (SELECT FROM complaints_kpinight l
                  WHERE l.day = n.day AND l.revision > n.revision)
  {more}
ORDER BY minutes DESC NULLS LAST, n.day DESC, c.id LIMIT %(most)s OFFSET %(skip)s
"""


@dataclass(frozen=True)
class Behind:
    """A row behind a figure: its day, the ticket or test, and whether the numerator counts it."""

    day: date
    record: Any
    hit: bool
    minutes: int | None


@dataclass(frozen=True)
class Page:
    """A page of the rows behind a figure, with their total number."""

    rows: list[Behind]
    total: int


def rows_behind(
    of: Slice, period: Period, kpi: Kpi, *, above: bool, most: int = 100, skip: int = 0
) -> Page:
    """Returns the rows of the figure's denominator or numerator, each with its day."""
    condition, params = of.conditions()
    measure = kpi.above if above and kpi.above is not None else kpi.measure
    if kpi.kind is not None:
        condition += " AND f.kind = %(its_kind)s"
        params["its_kind"] = kpi.kind.value
    if above and kpi.above is None and kpi.form is Form.RATIO:
        condition += " AND c.id = ANY(f.hits)"
    params |= {
        "since": period.since,
        "until": period.until,
        "measure": measure.value,
        "most": most,
        "skip": skip,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND.format(more=condition), params)
        rows = cursor.fetchall()
    records = _records(measure, [pk for _day, pk, *_rest in rows])
    behind = [Behind(day, records[pk], hit, minutes) for day, pk, hit, minutes, _total in rows]
    return Page(behind, rows[0][4] if rows else 0)


def rows_corrected(correction: KpiCorrection, kpi: Kpi) -> list[Any]:
    """Returns the tickets or tests for which a figure was corrected."""
    return list(_records(kpi.measure, correction.counted[:500]).values())


def _records(measure: Measure, ids: Sequence[int]) -> dict[int, Any]:
    if measure is Measure.TEMPERATURE:
        tests = TemperatureTest.objects.select_related("account__premise", "company", "ticket")
        return {test.pk: test for test in tests.filter(pk__in=ids)}
    tickets = Ticket.objects.select_related("company", "crew", "heat_station")
    return {ticket.pk: ticket for ticket in tickets.filter(pk__in=ids)}
