"""A notice to a whole city: the press, the job, and a worker that is killed in the middle."""

import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from complaints.incidents.operations import (
    Reach,
    begin_incident,
    notify_affected,
    register_incident,
)
from complaints.models import Notice, NoticeRecipient
from customers.models import HeatStation, Message, SupplyContract
from office.jobs.queue import HEARTBEAT_LIMIT, requeue_stale_jobs, run_job
from office.models import Company, Job
from tests.bench.city import HERE, NOW, build_city
from tests.clock import present

ACCOUNTS = 500_000
KILLED_AFTER_SECONDS = 5


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def a_killed_worker(job: Job) -> None:
    """Another process takes the job and dies in the middle of a stretch."""
    connection.close()
    if (worker := os.fork()) == 0:
        run_job(job.pk)
        os._exit(0)
    time.sleep(KILLED_AFTER_SECONDS)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


@pytest.mark.django_db(transaction=True)
def test_bench_notice(capsys: pytest.CaptureFixture[str]) -> None:
    company = Company.objects.get_or_create(code="B1", defaults={"name": "基准供热公司"})[0]
    build_city(company, ACCOUNTS)
    reach = Reach(heat_stations=list(HeatStation.objects.filter(company=company)))
    incident = register_incident(company, "热源故障", reach, starts_at=NOW, by=HERE, at=NOW)
    begin_incident(incident, by=HERE, at=NOW)
    pressed = timed(lambda: notify_affected(incident, "正在抢修", by=HERE, at=NOW))
    job = Job.objects.get()
    a_killed_worker(job)
    before = NoticeRecipient.objects.count()
    assert before == Message.objects.count() < ACCOUNTS
    assert requeue_stale_jobs(present() + HEARTBEAT_LIMIT + timedelta(seconds=1)) == 1
    rest = timed(lambda: run_job(job.pk))
    notice = Notice.objects.get()
    assert notice.accounts == notice.recipients.count() == ACCOUNTS
    phones = SupplyContract.objects.values("customer__phone").distinct().count()
    assert Message.objects.count() == phones
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with capsys.disabled():
        print(
            f"\nnotice to {ACCOUNTS:,} accounts: the press {pressed:.2f} s; a worker killed after"
            f" {KILLED_AFTER_SECONDS} s had told {before:,}; the other {ACCOUNTS - before:,}"
            f" in {rest:.1f} s; Python's peak memory {memory} MB"
        )
