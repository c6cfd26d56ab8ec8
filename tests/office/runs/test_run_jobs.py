"""A run's job goes through its stretches, resumes where it stopped, and stays alive at its end."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from office.actors import Actor
from office.jobs import job_pulse
from office.jobs import queue as jobs
from office.jobs.queue import JobTakenOver, RunningJob, enqueue_job, job, run_job
from office.models import Job
from office.runs.jobs import work_through
from office.runs.screen import step_marks
from tests.patience import wait_for

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
STEPS = (("定范围", ("scoped",)), ("试算", ("previewing", "previewed")), ("关闭", ("closed",)))


class Work(RunningJob):
    """A job that notes its progress; `taken_at` is the progress at which another worker has it."""

    def __init__(self, taken_at: int = -1) -> None:
        super().__init__(Job(pk=7))
        self.steps: list[tuple[int, int]] = []
        self.taken_at = taken_at

    def progress(self, done: int, total: int) -> None:
        if done == self.taken_at:
            raise JobTakenOver(7)
        self.steps.append((done, total))


def stretches(*ends: int) -> Callable[[], int]:
    return iter(ends).__next__


class TestWorkThrough:
    def test_records_progress_after_each_stretch_and_finishes_once(self) -> None:
        work, finished = Work(), []
        work_through(work, stretches(2, 4, 5), lambda: finished.append(1), done=0, total=5)
        assert (work.steps, finished) == ([(2, 5), (4, 5), (5, 5)], [1])

    def test_goes_on_where_a_killed_worker_stopped(self) -> None:
        work, finished = Work(), []
        work_through(work, stretches(5), lambda: finished.append(1), done=4, total=5)
        assert (work.steps, finished) == ([(5, 5)], [1])

    def test_only_finishes_what_was_worked_through(self) -> None:
        work, finished = Work(), []
        work_through(work, stretches(), lambda: finished.append(1), done=5, total=5)
        assert (work.steps, finished) == ([], [1])

    def test_a_stretch_that_comes_no_further_fails_instead_of_turning_for_ever(self) -> None:
        work, finished = Work(), []
        with pytest.raises(RuntimeError, match="job 7: no progress after 2 of 5"):
            work_through(work, stretches(2, 2), lambda: finished.append(1), done=0, total=5)
        assert (work.steps, finished) == ([(2, 5)], [])

    def test_a_worker_that_lost_its_job_does_not_finish(self) -> None:
        work, finished = Work(taken_at=4), []
        with pytest.raises(JobTakenOver):
            work_through(work, stretches(2, 4), lambda: finished.append(1), done=0, total=5)
        assert (work.steps, finished) == ([(2, 5)], [])

    @pytest.mark.django_db(transaction=True)
    def test_is_kept_alive_while_it_finishes_in_one_transaction(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(job_pulse, "PULSE_SECONDS", 0.01)
        monkeypatch.setattr(jobs, "_handlers", {})
        row = enqueue_job("carry_on", key="a", by=Actor.system("tests"), at=NOW)

        @transaction.atomic
        def finish() -> None:
            began = Job.objects.get(pk=row.pk).heartbeat_at
            wait_for(lambda: Job.objects.get(pk=row.pk).heartbeat_at != began, "a heartbeat")

        @job("carry_on")
        def carry_on(work: RunningJob) -> dict[str, Any]:
            work_through(work, stretches(5), finish, done=0, total=5)
            return {"finished": True}

        assert run_job(row.pk)
        row.refresh_from_db()
        assert (row.state, row.done, row.result) == ("done", 5, {"finished": True})


class TestStepMarks:
    @pytest.mark.parametrize(
        ("state", "marks"),
        [
            ("scoped", ["now", "", ""]),
            ("previewed", ["done", "now", ""]),
            ("closed", ["done", "done", "now"]),
            ("cancelled", []),
        ],
    )
    def test_marks_the_step_of_the_state(self, state: str, marks: list[str]) -> None:
        assert [step.mark for step in step_marks(STEPS, state)] == marks
