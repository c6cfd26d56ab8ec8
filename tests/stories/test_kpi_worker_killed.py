"""A worker dies in the middle of the nightly figures; the next one makes up what is missing."""

from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from complaints.kpis.job import JOB, queue_nightly_kpis
from complaints.models import KpiCorrection, KpiFact, KpiNight
from office.calendar import business_date
from office.jobs.queue import HEARTBEAT_LIMIT, requeue_stale_jobs
from office.models import Job
from tests.clock import present
from tests.complaints.kpis.kpi_world import MONDAY, a_world
from tests.patience import wait_for
from tests.service_desk import a_desk, publish_rules
from tests.worker import a_broker, a_worker, kill, wake


def state_of(job: Job) -> str:
    job.refresh_from_db()
    return job.state


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_of_the_nights(tmp_path: Path) -> None:
    publish_rules()
    a_world(a_desk())
    days = (business_date(present()) - MONDAY).days
    wanted = [MONDAY + timedelta(days=n) for n in range(days)]
    log = tmp_path / "worker.log"

    with a_broker(tmp_path) as broker:
        with a_worker(broker, log, pool="prefork") as worker:
            assert queue_nightly_kpis(present(), most=days)
            job = Job.objects.get(kind=JOB)
            wake(broker, job)
            wait_for(lambda: KpiNight.objects.count() > 5, f"the first nights ({log.read_text()})")
            kill(worker)

        # Whole days and nothing half: those that stand are the first, each once, with its figures.
        stood = list(KpiNight.objects.order_by("day").values_list("day", "input_hash"))
        assert 5 < len(stood) < days
        assert [day for day, _hash in stood] == wanted[: len(stood)]
        assert KpiFact.objects.filter(night__day=MONDAY).exists()
        assert (state_of(job), job.attempts) == ("running", 1)

        with a_worker(broker, log, pool="prefork"):
            assert requeue_stale_jobs(present() + HEARTBEAT_LIMIT + timedelta(seconds=1)) == 1
            wake(broker, job)
            wait_for(lambda: state_of(job) == "done", f"the end of the job ({log.read_text()})")

    assert job.attempts == 2
    assert Counter(KpiNight.objects.values_list("day", "revision")) == {
        (day, 1): 1 for day in wanted
    }
    assert set(stood) <= set(KpiNight.objects.values_list("day", "input_hash"))
    assert not KpiCorrection.objects.exists()
    output = StringIO()
    call_command("compute_kpis", "--full", stdout=output)
    assert output.getvalue() == f"{days} days: {days} agree, 0 differ\n"
