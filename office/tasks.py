"""What the worker process runs for the office."""

from celery import shared_task
from django.utils import timezone

from office.documents import kept_files
from office.jobs import queue as jobs


@shared_task(name="office.run_job")
def run_job(pk: int) -> bool:
    return jobs.run_job(pk)


@shared_task(name="office.requeue_stale_jobs")
def requeue_stale_jobs() -> int:
    return jobs.requeue_stale_jobs(timezone.now())


@shared_task(name="office.remove_lost_files")
def remove_lost_files() -> int:
    return kept_files.remove_lost_files(timezone.now())
