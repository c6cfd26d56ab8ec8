"""A worker dies in the middle of issuing a season; the next one finishes it to the fen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from billing.ledger.checks import check_ledger
from billing.models import Bill, BillingRun
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
)
from office.actors import Actor
from office.jobs.queue import HEARTBEAT_LIMIT, requeue_stale_jobs, run_job
from office.models import Job, User
from tests.bench.city import NOW, build_city
from tests.builders import a_company
from tests.clock import present
from tests.patience import wait_for
from tests.worker import a_broker, a_worker, kill, wake

ACCOUNTS = 4_000


def come_to(run: BillingRun) -> tuple[str, int]:
    run.refresh_from_db()
    return run.state, run.issued_through


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    with a_broker(tmp_path) as url:
        yield url


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

    with a_worker(broker, log, BILLING_STRETCH="20") as worker:
        job = issue_billing_run(run, by=manager, at=present())
        wake(broker, job)
        wait_for(lambda: come_to(run)[1] > 100, f"the first stretches ({log.read_text()})")
        kill(worker)

    state, through = come_to(run)
    assert state == "issuing"
    assert 100 < through < ACCOUNTS
    assert Bill.objects.count() == 0
    assert [r.check.name for r in check_ledger() if not r.holds] == []

    with a_worker(broker, log, BILLING_STRETCH="1000"):
        assert requeue_stale_jobs(present() + HEARTBEAT_LIMIT + timedelta(seconds=1)) == 1
        wake(broker, job)
        wait_for(lambda: come_to(run)[0] == "issued", f"the rest ({log.read_text()})")
        wait_for(lambda: Job.objects.get(pk=job.pk).state == "done", "the end of the job")

    assert (run.bill_count, run.amount_fen) == (approved.bill_count, approved.amount_fen)
    numbers = sorted(Bill.objects.values_list("number", flat=True))
    assert numbers == [f"112627{n:08d}" for n in range(1, ACCOUNTS + 1)]
    assert Job.objects.get(pk=job.pk).attempts == 2
    assert [r.check.name for r in check_ledger() if not r.holds] == []
