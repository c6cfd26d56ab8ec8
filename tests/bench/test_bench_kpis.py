"""KPIs over years of tickets: a day costs what that day costs, all days one pass.

`KPI_TICKETS` says how many; five million take some minutes to build.
"""

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from complaints.kpis.nights import begin_of
from complaints.kpis.operations import _draft, freeze_night
from complaints.kpis.recount import recount
from complaints.kpis.tallies import note_everything, tally_stale
from complaints.models import KpiFact, KpiStale, KpiTally
from tests.bench.kpi_history import TABLES, build_history

TICKETS = int(os.environ.get("KPI_TICKETS", "5000000"))
DAY = timedelta(days=1)
# The bare scans read every column that the figures need, and nothing is made of it.
_OF_A_DAY = (
    (
        "SELECT count(*), sum(heat_station_id), max(kind), max(channel) FROM complaints_ticket"
        " WHERE reported_at >= %(since)s AND reported_at < %(until)s"
    ),
    (
        "SELECT count(*), sum(heat_station_id), max(kind), max(channel) FROM complaints_ticket"
        " WHERE due_at > %(since)s AND due_at <= %(until)s"
    ),
    (
        "SELECT count(*), max(kind), sum(ticket_id) FROM complaints_clockevent"
        " WHERE kind IN ('done', 'redo') AND at >= %(since)s AND at < %(until)s"
    ),
    (
        "SELECT count(*), sum(crew_id), max(outcome) FROM complaints_visit"
        " WHERE arrived_at >= %(since)s AND arrived_at < %(until)s"
    ),
    (
        "SELECT count(*), max(state), sum(ticket_id) FROM complaints_callback"
        " WHERE due_at > %(since)s AND due_at <= %(until)s"
    ),
    (
        "SELECT count(*), max(satisfaction), sum(ticket_id) FROM complaints_callback"
        " WHERE answered_at >= %(since)s AND answered_at < %(until)s"
    ),
)
_WHOLE = (
    (
        "SELECT count(*), sum(heat_station_id), max(kind), max(channel), max(reported_at),"
        " max(due_at) FROM complaints_ticket"
    ),
    "SELECT count(*), max(kind), max(at), sum(ticket_id) FROM complaints_clockevent",
    "SELECT count(*), sum(crew_id), max(outcome), max(arrived_at) FROM complaints_visit",
    "SELECT count(*), max(state), max(due_at), max(answered_at) FROM complaints_callback",
    "SELECT count(*), max(outcome), max(at) FROM complaints_callbackattempt",
)
_TALLIES = (
    (
        "SELECT count(*), max(company_id), sum(heat_station_id), sum(crew_id), max(day),"
        " sum(minutes), max(measure), max(kind), max(channel) FROM complaints_kpitally"
    ),
)


@pytest.mark.django_db(transaction=True)
def test_a_day_and_all_days() -> None:
    began = time.perf_counter()
    last = build_history(TICKETS)
    print(f"\n{TICKETS:,} tickets built in {time.perf_counter() - began:.0f} s: {_sizes()}")
    began = time.perf_counter()
    note_everything()
    noted = tally_stale()
    took = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE complaints_kpitally")
    print(
        f"{noted:,} tallied anew from their records in {took:.0f} s ({noted / took:,.0f}/s):"
        f" {KpiTally.objects.count():,} tallies"
    )
    at = begin_of(last + 10 * DAY)
    for day in (last - 5 * DAY, last - 2 * DAY):
        span = {"since": begin_of(day), "until": begin_of(day + DAY)}
        bare = min(_timed(_OF_A_DAY, span) for _try in range(3))
        tallying = min(_tally_seconds(span) for _try in range(3))
        counting = min(_draft_seconds(day) for _try in range(3))
        began = time.perf_counter()
        freeze_night(day, at=at)
        frozen = time.perf_counter() - began
        print(
            f"{day}: bare scan {bare * 1000:.0f} ms, tickets of the day tallied"
            f" {tallying * 1000:.0f} ms ({tallying / bare:.1f} ×), figures {counting * 1000:.0f} ms"
            f" ({counting / bare:.1f} ×), frozen with {KpiFact.objects.count():,} facts so far"
            f" {frozen * 1000:.0f} ms"
        )
    whole = min(_timed(_WHOLE) for _try in range(3))
    tallies = min(_timed(_TALLIES) for _try in range(3))
    counting = min(_recount_seconds(last + 10 * DAY) for _try in range(3))
    print(
        f"all days anew in {counting:.1f} s, bare scan of the records {whole:.1f} s"
        f" ({counting / whole:.1f} ×), of the tallies {tallies:.1f} s ({counting / tallies:.1f} ×)"
    )


def _timed(statements: tuple[str, ...], params: dict[str, Any] | None = None) -> float:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
    return time.perf_counter() - began


def _draft_seconds(day: Any) -> float:
    with transaction.atomic():
        began = time.perf_counter()
        _draft(day)
        return time.perf_counter() - began


def _tally_seconds(span: dict[str, Any]) -> float:
    """The day's tickets, in the night after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO complaints_kpistale (ticket_id) SELECT id FROM complaints_ticket"
            " WHERE reported_at >= %(since)s AND reported_at < %(until)s",
            span,
        )
    began = time.perf_counter()
    tally_stale()
    assert not KpiStale.objects.exists()
    return time.perf_counter() - began


def _recount_seconds(until: Any) -> float:
    began = time.perf_counter()
    assert recount(until)
    return time.perf_counter() - began


def _sizes() -> str:
    sizes = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT count(*), pg_size_pretty(pg_table_size('complaints_{table}'))"
                f" FROM complaints_{table}"
            )
            count, size = cursor.fetchone()
            sizes.append(f"{table} {count:,} ({size})")
    return ", ".join(sizes)
