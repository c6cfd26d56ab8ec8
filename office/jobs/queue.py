"""Background jobs that outlive any process: queued, claimed, kept alive, and claimed again.

The `Job` row is the truth. Celery only carries its id; `requeue_stale_jobs`, which the scheduler
runs every minute, makes good a lost message or a killed worker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, IntegerField, When
from django.db.models.functions import Greatest
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerUnreachable

from office.actors import Actor
from office.jobs.job_pulse import pulse_of
from office.models import Company, Job, JobState
from office.refusals import Refused

logger = logging.getLogger(__name__)

HEARTBEAT_LIMIT = timedelta(seconds=60)
MOST_ATTEMPTS = 5

Handler = Callable[["RunningJob"], dict[str, Any]]
_handlers: dict[str, Handler] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Registers the function that does jobs of this kind; it must be able to start again."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


class RunningJob:
    """A claimed job in the hands of its handler."""

    def __init__(self, row: Job) -> None:
        self.row = row
        self.params: dict[str, Any] = row.params

    def actor(self) -> Actor:
        """Returns the actor who queued the job; the work is done in that name."""
        by = self.row.requested_by
        return Actor.staff(by) if by else Actor.system(f"job {self.row.pk}")

    def progress(self, done: int, total: int) -> None:
        """Records how far the job is; this is also its heartbeat.

        A job that came further than any try before has all its tries again.
        """
        mine = Job.objects.filter(
            pk=self.row.pk, state=JobState.RUNNING, attempts=self.row.attempts
        )
        if not mine.update(
            done=done,
            total=total,
            heartbeat_at=timezone.now(),
            fruitless=Case(
                When(furthest__lt=done, then=0),
                default=F("fruitless"),
                output_field=IntegerField(),
            ),
            furthest=Greatest(F("furthest"), done),
        ):
            raise JobTakenOver(self.row.pk)


class JobTakenOver(Exception):
    """Another worker has claimed the job; this one stops without writing anything more."""


def enqueue_job(
    kind: str,
    *,
    key: str,
    by: Actor,
    at: datetime,
    company: Company | None = None,
    **params: Any,
) -> Job:
    """Queues a job; while a job with the same key is live, returns that one instead.

    No permission: the operation that queues the job asks for one. No line in the journal: that
    operation records it, and the job is a row of its own.
    """
    try:
        with transaction.atomic():
            row = Job.objects.create(
                kind=kind,
                key=key,
                params=params,
                company=company,
                requested_by=by.user,
                created_at=at,
            )
    except IntegrityError:
        return Job.objects.get(key=key, state__in=[JobState.QUEUED, JobState.RUNNING])
    _wake(row.pk)
    return row


def run_job(pk: int) -> bool:
    """Claims the job and does it; returns False when another worker has it or it has ended."""
    row = _claim(pk)
    if row is None:
        return False
    try:
        with pulse_of(row):
            result = _handlers[row.kind](RunningJob(row))
    except JobTakenOver:
        logger.warning("job %s was taken over", pk)
        return False
    except (OperationalError, InterfaceError):
        # The database went away: the row stays running and is taken back once it is silent.
        raise
    except Refused as refusal:
        _finish(row, JobState.FAILED, error=str(refusal))
        return True
    except Exception as error:
        logger.exception("job %s failed", pk)
        _finish(row, JobState.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    _finish(row, JobState.DONE, result=result)
    return True


def requeue_stale_jobs(at: datetime) -> int:
    """Wakes queued jobs that no worker took, and takes running jobs back from silent workers.

    A job fails after MOST_ATTEMPTS interruptions between which it came no further.
    """
    limit = at - HEARTBEAT_LIMIT
    Job.objects.filter(
        state=JobState.RUNNING, heartbeat_at__lt=limit, fruitless__gte=MOST_ATTEMPTS - 1
    ).update(state=JobState.FAILED, finished_at=at, error="多次中断，请联系系统管理员后重新发起。")
    Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=limit).update(
        state=JobState.QUEUED, heartbeat_at=at, fruitless=F("fruitless") + 1
    )
    waiting = list(
        Job.objects.filter(state=JobState.QUEUED, created_at__lt=at - timedelta(seconds=5))
        .order_by("pk")
        .values_list("pk", flat=True)[:100]
    )
    for pk in waiting:
        _wake(pk)
    return len(waiting)


def _claim(pk: int) -> Job | None:
    """Marks the queued job as running and returns it; None if another worker was first."""
    # One UPDATE decides between workers; the number of the attempt tells them apart later.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_job SET state = 'running', attempts = attempts + 1,"
            " heartbeat_at = %s, error = '' WHERE id = %s AND state = 'queued' RETURNING id",
            [timezone.now(), pk],
        )
        claimed = cursor.fetchone()
    if claimed is None:
        return None
    return Job.objects.select_related("requested_by", "company").get(pk=pk)


def _finish(row: Job, state: JobState, **outcome: Any) -> None:
    """Ends the job, unless another worker has taken it over since."""
    Job.objects.filter(pk=row.pk, attempts=row.attempts).update(
        state=state, finished_at=timezone.now(), **outcome
    )


def _wake(pk: int) -> None:
    """Tells the workers of the job once its row can be seen by them."""
    transaction.on_commit(lambda: _send(pk))


def _send(pk: int) -> None:
    """Sends the job\'s number to the workers; without a broker the next sweep sends it."""
    try:
        current_app.send_task("office.run_job", args=[pk])
    except BrokerUnreachable:
        logger.warning("broker unreachable; job %s waits for requeue_stale_jobs", pk)
