"""A whole city billed: preview and issue against the bare INSERT … SELECT of the same rows."""

import resource
import time
from collections.abc import Callable

import pytest
from django.db import connection

from billing.models import Bill, BillLine, Transfer
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
)
from billing.seasons.partitions import SeasonTables
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company, User
from tests.bench.city import NOW, build_city

ACCOUNTS = 500_000


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def bare_insert(tables: SeasonTables) -> float:
    """The floor: the very rows once more, into empty tables with their indexes and keys."""
    seconds = 0.0
    with connection.cursor() as cursor:
        for table, _, _ in tables.with_parents():
            cursor.execute(f"CREATE TABLE source_{table} AS SELECT * FROM {table}")
            cursor.execute(f"ANALYZE source_{table}")
        for table, _, _ in reversed(tables.with_parents()):
            cursor.execute(f"TRUNCATE {table} CASCADE")
        for table, _, _ in tables.with_parents():
            begun = time.perf_counter()
            cursor.execute(f"INSERT INTO {table} SELECT * FROM source_{table}")
            seconds += time.perf_counter() - begun
            # Else the next table's keys are looked up by reading this one from end to end.
            cursor.execute(f"ANALYZE {table}")
    return seconds


@pytest.mark.django_db(transaction=True)
def test_bench_billing_run(capsys: pytest.CaptureFixture[str]) -> None:
    company = Company.objects.get_or_create(code="B1", defaults={"name": "基准供热公司"})[0]
    season = build_city(company, ACCOUNTS)
    clerk = Actor.staff(User.objects.create_superuser("clerk"))
    manager = Actor.staff(User.objects.create_superuser("manager"))
    run = create_billing_run(season, by=clerk, at=NOW)

    def preview() -> None:
        run_job(preview_billing_run(run, by=clerk, at=NOW).pk)

    def issue() -> None:
        run_job(issue_billing_run(run, by=manager, at=NOW).pk)

    previewed = timed(preview)
    approve_billing_run(run, by=manager, at=NOW)
    issued = timed(issue)
    run.refresh_from_db()
    bills, lines = Bill.objects.count(), BillLine.objects.count()
    assert (run.state, run.bill_count, bills, lines) == ("issued", ACCOUNTS, ACCOUNTS, 520_000)
    transfers = Transfer.objects.count()
    floor = bare_insert(SeasonTables(season.pk))
    assert (Bill.objects.count(), Transfer.objects.count()) == (bills, transfers)
    total = previewed + issued
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    speed = ACCOUNTS / total
    with capsys.disabled():
        print(
            f"\nbilling run of {ACCOUNTS:,} accounts, {lines:,} lines, {transfers:,} transfers:"
            f" preview {previewed:.1f} s + issue {issued:.1f} s = {speed:,.0f} accounts/s;"
            f" bare INSERT … SELECT of the same rows {floor:.1f} s; ratio {total / floor:.2f};"
            f" Python's peak memory {memory} MB"
        )
