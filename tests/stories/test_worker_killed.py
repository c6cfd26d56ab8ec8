"""A worker dies in the middle of issuing a season; the next one finishes it to the fen."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone

from billing.ledger_checks import check_ledger
from billing.models import Bill, BillingRun
from billing.operations.billing_runs import (
    approve_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
)
from heating.embedded_redis import EmbeddedRedis
from office.actors import Actor
from office.jobs import HEARTBEAT_LIMIT, requeue_stale_jobs, run_job
from office.models import Job, User
from tests.bench.city import NOW, build_city
from tests.builders import a_company

ACCOUNTS = 4_000
PATIENCE_SECONDS = 60


@contextmanager
def a_worker(broker: str, log: Path, *, stretch: int) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker process on the test's database."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "heating.settings",
        "HEATING_ENV": "demo",
        "DATABASE_URL": settings.DATABASE_URL or url,
        "CELERY_BROKER_URL": broker,
        "CACHE_URL": broker,
        "BILLING_STRETCH": str(stretch),
    }
    command = [sys.executable, "-m", "celery", "-A", "heating", "worker", "--pool", "solo"]
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.005)


def come_to(run: BillingRun) -> tuple[str, int]:
    run.refresh_from_db()
    return run.state, run.issued_through


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test's own; what this process itself sends goes nowhere."""
    redis = EmbeddedRedis(tmp_path / "redis")
    with redis.in_use():
        yield redis.broker_url()


def wake(broker: str, job: Job) -> None:
    """Send the message that wakes a worker."""
    with Celery(broker=broker) as sender:
        sender.send_task("office.run_job", args=[job.pk])


@pytest.mark.django_db(transaction=True)
def test_killed_while_issuing(broker: str, tmp_path: Path) -> None:
    season = build_city(a_company(), ACCOUNTS)
    clerk = Actor.staff(User.objects.create_superuser("clerk"))
    manager = Actor.staff(User.objects.create_superuser("manager"))
    run = create_billing_run(season, by=clerk, at=NOW)
    run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
    approve_billing_run(run, by=manager, at=NOW)
    approved = BillingRun.objects.get(pk=run.pk)
    log = tmp_path / "worker.log"

    with a_worker(broker, log, stretch=20) as worker:
        job = issue_billing_run(run, by=manager, at=timezone.now())
        wake(broker, job)
        wait_for(lambda: come_to(run)[1] > 100, f"the first stretches ({log.read_text()})")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    state, through = come_to(run)
    assert state == "issuing"
    assert 100 < through < ACCOUNTS
    assert Bill.objects.count() == 0
    assert [r.check.name for r in check_ledger() if not r.holds] == []

    with a_worker(broker, log, stretch=1_000):
        assert requeue_stale_jobs(timezone.now() + HEARTBEAT_LIMIT + timedelta(seconds=1)) == 1
        wake(broker, job)
        wait_for(lambda: come_to(run)[0] == "issued", f"the rest ({log.read_text()})")
        wait_for(lambda: Job.objects.get(pk=job.pk).state == "done", "the end of the job")

    assert (run.bill_count, run.amount_fen) == (approved.bill_count, approved.amount_fen)
    numbers = sorted(Bill.objects.values_list("number", flat=True))
    assert numbers == [f"112627{n:08d}" for n in range(1, ACCOUNTS + 1)]
    assert Job.objects.get(pk=job.pk).attempts == 2
    assert [r.check.name for r in check_ledger() if not r.holds] == []
