"""Background jobs: one live one per key, claimed once, taken back from the silent."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError

from office.actors import Actor
from office.jobs import job_pulse
from office.jobs import queue as jobs
from office.jobs.queue import (
    HEARTBEAT_LIMIT,
    MOST_ATTEMPTS,
    RunningJob,
    enqueue_job,
    job,
    requeue_stale_jobs,
    run_job,
)
from office.models import Job
from office.refusals import Refused
from tests.clock import present
from tests.parallel import at_once
from tests.patience import wait_for

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
BY = Actor.system("tests")


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A kind of job that only counts."""
    done: list[int] = []
    monkeypatch.setattr(jobs, "_handlers", {})

    @job("count")
    def count(work: RunningJob) -> dict[str, Any]:
        done.append(work.params["n"])
        work.progress(1, 2)
        return {"n": work.params["n"]}

    @job("refuse")
    def refuse(work: RunningJob) -> dict[str, Any]:
        raise Refused("no", "今天不行，请明天再来。")

    @job("lose")
    def lose(work: RunningJob) -> dict[str, Any]:
        raise OperationalError("the database went away")

    @job("overtaken")
    def overtaken(work: RunningJob) -> dict[str, Any]:
        Job.objects.filter(pk=work.row.pk).update(attempts=9)
        work.progress(1, 2)
        raise AssertionError("not reached")

    return done


def test_runs_once_and_keeps_its_result(worked: list[int]) -> None:
    row = enqueue_job("count", key="a", by=BY, at=NOW, n=7)
    assert run_job(row.pk)
    assert not run_job(row.pk)
    row.refresh_from_db()
    assert (worked, row.state, row.result, row.percent) == ([7], "done", {"n": 7}, 100)


def test_the_same_key_answers_with_the_live_job(worked: list[int]) -> None:
    first = enqueue_job("count", key="a", by=BY, at=NOW, n=1)
    assert enqueue_job("count", key="a", by=BY, at=NOW, n=2).pk == first.pk
    run_job(first.pk)
    assert enqueue_job("count", key="a", by=BY, at=NOW, n=2).pk != first.pk


def test_a_refusal_is_the_jobs_error(worked: list[int]) -> None:
    row = enqueue_job("refuse", key="a", by=BY, at=NOW)
    assert run_job(row.pk)
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "今天不行，请明天再来。")


def test_a_lost_database_leaves_the_job_to_the_next_worker(worked: list[int]) -> None:
    row = enqueue_job("lose", key="a", by=BY, at=NOW)
    with pytest.raises(OperationalError):
        run_job(row.pk)
    row.refresh_from_db()
    assert row.state == "running"


def test_a_worker_that_was_overtaken_stops_without_a_trace(worked: list[int]) -> None:
    row = enqueue_job("overtaken", key="a", by=BY, at=NOW)
    assert not run_job(row.pk)
    row.refresh_from_db()
    assert (row.state, row.done) == ("running", 0)


def test_silent_jobs_are_taken_back_and_given_up_at_last(worked: list[int]) -> None:
    row = enqueue_job("count", key="a", by=BY, at=NOW, n=1)
    silent = {"state": "running", "heartbeat_at": NOW}
    Job.objects.filter(pk=row.pk).update(**silent, attempts=1)
    assert requeue_stale_jobs(NOW + HEARTBEAT_LIMIT) == 0
    assert requeue_stale_jobs(NOW + HEARTBEAT_LIMIT + timedelta(seconds=1)) == 1
    assert run_job(row.pk)
    again = enqueue_job("count", key="b", by=BY, at=NOW, n=1)
    Job.objects.filter(pk=again.pk).update(**silent, fruitless=MOST_ATTEMPTS - 1)
    requeue_stale_jobs(NOW + HEARTBEAT_LIMIT + timedelta(seconds=1))
    again.refresh_from_db()
    assert (again.state, again.error) == (
        "failed",
        "多次中断，请联系系统管理员后重新发起。",
    )


def test_a_job_that_comes_further_each_time_is_never_given_up(worked: list[int]) -> None:
    row = enqueue_job("count", key="a", by=BY, at=NOW, n=1)
    for step in range(1, 3 * MOST_ATTEMPTS):
        Job.objects.filter(pk=row.pk).update(state="running", heartbeat_at=NOW, attempts=step)
        row.refresh_from_db()
        RunningJob(row).progress(step, 100)
        requeue_stale_jobs(present() + HEARTBEAT_LIMIT + timedelta(seconds=1))
        row.refresh_from_db()
        assert (row.state, row.fruitless, row.furthest) == ("queued", 1, step)


def test_a_job_that_ends_at_the_same_place_each_time_is_given_up(worked: list[int]) -> None:
    row = enqueue_job("count", key="a", by=BY, at=NOW, n=1)
    for attempt in range(1, MOST_ATTEMPTS + 2):
        Job.objects.filter(pk=row.pk).update(state="running", heartbeat_at=NOW, attempts=attempt)
        row.refresh_from_db()
        for done in (10, 50):
            RunningJob(row).progress(done, 100)
        requeue_stale_jobs(present() + HEARTBEAT_LIMIT + timedelta(seconds=1))
        row.refresh_from_db()
        # The first try came further than none before it; the others did not.
        assert (row.state, row.fruitless) == (
            ("queued", attempt) if attempt < MOST_ATTEMPTS else ("failed", MOST_ATTEMPTS - 1)
        )
        if row.state == "failed":
            return
    raise AssertionError("never given up")


@pytest.mark.django_db(transaction=True)
def test_a_slow_job_is_alive_without_a_word(
    worked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_pulse, "PULSE_SECONDS", 0.01)
    row = enqueue_job("count", key="a", by=BY, at=NOW, n=1)

    @job("count")
    def slow(work: RunningJob) -> dict[str, Any]:
        began = Job.objects.get(pk=row.pk).heartbeat_at
        wait_for(lambda: Job.objects.get(pk=row.pk).heartbeat_at != began, "a heartbeat")
        return {"alive": True}

    assert run_job(row.pk)
    row.refresh_from_db()
    assert (row.state, row.result) == ("done", {"alive": True})


@pytest.mark.django_db(transaction=True)
def test_ten_workers_claim_a_job_once(worked: list[int]) -> None:
    row = enqueue_job("count", key="a", by=BY, at=NOW, n=3)
    outcomes = at_once([partial(run_job, row.pk)] * 10)
    assert (sorted(map(bool, outcomes)).count(True), worked) == (1, [3])
