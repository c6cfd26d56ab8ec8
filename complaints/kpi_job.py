"""The nightly job: queued once a night is missing, able to be killed anywhere and begun again."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from complaints.operations.kpis import freeze_nights
from complaints.queries.kpi_nights import missing_days
from office.actors import Actor
from office.jobs import RunningJob, enqueue_job, job

JOB = "nightly_kpis"


def queue_nightly_kpis(at: datetime) -> bool:
    """Queue the job if a day that is over has no night yet; one job at a time."""
    if not missing_days(at):
        return False
    enqueue_job(JOB, key=JOB, by=Actor.system(JOB), at=at)
    return True


@job(JOB)
def carry_on_nightly_kpis(work: RunningJob) -> dict[str, Any]:
    """Freeze what is missing and correct what late entries touched."""
    outcome = freeze_nights(at=timezone.now(), tell=work.progress)
    return {
        "frozen": [f"{day}" for day in outcome.frozen],
        "corrected": [f"{day}" for day in outcome.corrected],
        "unchanged": [f"{day}" for day in outcome.unchanged],
    }
