"""The background job of a run: queued once, done stretch by stretch, resumed after a failure."""

from collections.abc import Callable
from datetime import datetime

from office.actors import Actor
from office.jobs.queue import RunningJob, enqueue_job
from office.models import Job, JobState, Run
from office.runs.kinds import RunKind


def queue_run(kind: RunKind, run: Run, *, by: Actor, at: datetime) -> Job:
    """Queues the job that carries the run on; while one is live, returns that one instead.

    A step of the operations that start a preview, carry out and resume; the caller holds the lock.
    """
    return enqueue_job(kind.job, key=_key(kind, run), by=by, at=at, company=run.company, run=run.pk)


def last_job(kind: RunKind, run: Run) -> Job | None:
    """Returns the last job that worked on the run."""
    return Job.objects.filter(kind=kind.job, key=_key(kind, run)).order_by("-pk").first()


def is_interrupted(kind: RunKind, run: Run) -> bool:
    """Whether a job should be working on the run and none is live."""
    if run.state not in kind.working:
        return False
    job = last_job(kind, run)
    return job is None or job.state in (JobState.FAILED, JobState.DONE)


def work_through(
    work: RunningJob,
    stretch: Callable[[], int],
    finish: Callable[[], object],
    *,
    done: int,
    total: int,
) -> None:
    """Does stretch after stretch until `total` is reached, then finishes.

    `stretch` does the next one in a transaction of its own and returns how far the run has come;
    `done` says where a killed worker stopped. The job's progress is recorded after each. A stretch
    and the finish may take long: `office.jobs.job_pulse` keeps the job alive. Raises RuntimeError
    when a stretch does not come further, instead of turning for ever.
    """
    while done < total:
        before, done = done, stretch()
        if done <= before:
            raise RuntimeError(f"job {work.row.pk}: no progress after {before} of {total}")
        work.progress(done, total)
    finish()


def _key(kind: RunKind, run: Run) -> str:
    return f"{kind.job}:{run.pk}"
