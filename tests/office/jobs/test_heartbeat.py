"""The heartbeat of a job beside its transaction."""

import threading
from typing import Any

import pytest
from django.db import OperationalError

from office.jobs import heartbeat
from office.jobs.heartbeat import beating
from office.jobs.queue import JobTakenOver, RunningJob
from office.models import Job
from tests.patience import PATIENCE_SECONDS


class _Work(RunningJob):
    """A job whose beats answer one after the other as they are listed."""

    def __init__(self, *answers: Exception | None) -> None:
        super().__init__(Job(pk=1))
        self.answers = list(answers)
        self.beats: list[tuple[int, int]] = []
        self.answered = threading.Event()

    def progress(self, done: int, total: int) -> None:
        answer = self.answers.pop(0) if self.answers else None
        self.beats.append((done, total))
        if not self.answers:
            self.answered.set()
        if answer is not None:
            raise answer


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, db: Any) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)


class TestBeating:
    def test_goes_on_after_a_database_error(self) -> None:
        work = _Work(OperationalError("server closed the connection"), None)
        with beating(work) as beats:
            beats.progress(0.5)
            assert work.answered.wait(PATIENCE_SECONDS)
        assert len(work.beats) >= 2
        assert work.beats[-1][1] == 100

    def test_a_job_taken_over_stops_the_work_at_its_next_step(self) -> None:
        work = _Work(JobTakenOver(1))
        with beating(work) as beats:
            assert work.answered.wait(PATIENCE_SECONDS)
            # The thread ends when it hears of it.
            for thread in threading.enumerate():
                if thread.name == "heartbeat":
                    thread.join(20)
            with pytest.raises(JobTakenOver):
                beats.progress(0.5)
        assert len(work.beats) == 1
