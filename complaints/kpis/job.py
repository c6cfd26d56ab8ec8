"""The nightly job: queued once a night is missing; it may be killed at any point and repeated."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from complaints.kpis.nights import missing_days
from complaints.kpis.operations import freeze_nights
from office.actors import Actor
from office.jobs.queue import RunningJob, enqueue_job, job
from office.models import Job, JobState

JOB = "nightly_kpis"
# A worker is stopped after 25 minutes. The largest nights take seconds, so a run is over long
# before, and the first one over years of history is many runs.
MOST_NIGHTS = 200


def queue_nightly_kpis(at: datetime, *, most: int = MOST_NIGHTS) -> bool:
    """Queues the job if a past day has no night yet; only one job exists at a time."""
    if not missing_days(at):
        return False
    if not Job.objects.filter(kind=JOB, state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        enqueue_job(JOB, key=JOB, by=Actor.system(JOB), at=at, most=most)
    return True


@job(JOB)
def carry_on_nightly_kpis(work: RunningJob) -> dict[str, Any]:
    """Freezes missing days and corrects those with late entries; another job does the rest."""
    at = timezone.now()
    most = work.params.get("most", MOST_NIGHTS)
    outcome = freeze_nights(at=at, most=most, tell=work.progress)
    if outcome.left:
        # This job is still alive, and so is its key.
        key = f"{JOB} after {work.row.pk}"
        enqueue_job(JOB, key=key, by=Actor.system(JOB), at=at, most=most)
    return {
        "frozen": [f"{day}" for day in outcome.frozen],
        "corrected": [f"{day}" for day in outcome.corrected],
        "unchanged": [f"{day}" for day in outcome.unchanged],
        "left": outcome.left,
    }
