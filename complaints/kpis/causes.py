"""Causes of a correction: the rows that differ, and the late entries about them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from complaints.kpis.nights import begin_of
from complaints.measures import Measure
from complaints.models import (
    ClockEvent,
    KpiNight,
    Promise,
    PromiseCause,
    TemperatureTest,
    VisitStep,
)
from office.language import in_chinese
from office.zone import SHANGHAI

MOST_TOLD = 20
# A transaction that was running when the night was computed may have entered its time before and
# committed after.
OVERLAP = timedelta(hours=1)
# The rows behind one night: each counted record with its cell, hit or not, and its minutes.
_CELLS = """
SELECT f.company_id, f.measure, f.heat_station_id, f.crew_id, f.kind, f.channel, c.id,
       c.id = ANY(f.hits), f.minutes[c.place]
FROM complaints_kpifact f CROSS JOIN unnest(f.counted) WITH ORDINALITY AS c (id, place)
WHERE f.night_id = %s
"""
# The symmetric difference of two nights: rows in the first only, then rows in the second only.
_CHANGED = f"""
SELECT DISTINCT company_id, measure, id FROM (
    ({_CELLS} EXCEPT {_CELLS}) UNION ALL ({_CELLS} EXCEPT {_CELLS})
) AS changed (company_id, measure, station, crew, kind, channel, id, hit, minutes)
"""


@dataclass(frozen=True)
class Changed:
    """The rows of one company and measure that were added, removed or changed."""

    company_id: int
    measure: str
    ids: tuple[int, ...]


def changed_rows(older: KpiNight, newer: KpiNight) -> list[Changed]:
    """Returns the differences between two revisions of a day."""
    keys_by_cell: dict[tuple[int, str], list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [older.pk, newer.pk, newer.pk, older.pk])
        for company, measure, pk in cursor.fetchall():
            keys_by_cell[company, measure].append(pk)
    return [
        Changed(company, measure, tuple(sorted(ids)))
        for (company, measure), ids in sorted(keys_by_cell.items())
    ]


def cause_of(changed: list[Changed], day: date, *, since: datetime) -> str:
    """Returns a line of text for each late entry or reclassification of the rows, oldest first."""
    tests = {pk for row in changed if row.measure == Measure.TEMPERATURE for pk in row.ids}
    tickets = {pk for row in changed if row.measure != Measure.TEMPERATURE for pk in row.ids}
    entered_after, until = since - OVERLAP, begin_of(day + timedelta(days=1))
    entries: list[tuple[datetime, str]] = []
    with in_chinese():
        events = ClockEvent.objects.filter(
            ticket__in=tickets, entered_at__gt=entered_after, at__lt=until
        )
        for event in events.select_related("ticket")[:MOST_TOLD]:
            text = f"{event.get_kind_display()}（{_when(event.at)}）"
            entries.append((event.entered_at, f"{event.ticket.number} 补录{text}"))
        promises = Promise.objects.filter(
            ticket__in=tickets, made_at__gt=entered_after, cause=PromiseCause.RECLASSIFIED
        )
        for promise in promises.select_related("ticket")[:MOST_TOLD]:
            name = promise.get_ticket_class_display()
            entries.append((promise.made_at, f"{promise.ticket.number} 改判为{name}"))
        steps = VisitStep.objects.filter(
            visit__ticket__in=tickets,
            entered_at__gt=entered_after,
            happened_at__lt=until,
            verb="arrive",
        )
        for step in steps.select_related("visit__ticket")[:MOST_TOLD]:
            text = f"{step.visit.ticket.number} 补报到场（{_when(step.happened_at)}）"
            entries.append((step.entered_at, text))
        measured = TemperatureTest.objects.filter(pk__in=tests, entered_at__gt=entered_after)
        for test in measured.select_related("account")[:MOST_TOLD]:
            text = f"户号 {test.account.number} 补录测温（{_when(test.tested_at)}）"
            entries.append((test.entered_at, text))
    lines = [f"{_when(entered)} {text}" for entered, text in sorted(entries)[:MOST_TOLD]]
    return "\n".join(lines) or "记录有变动，没有补录或改判，请核查。"


def _when(instant: datetime) -> str:
    """Returns the time in Shanghai to the minute."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
