"""A real Celery worker on the test's database, to be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import Celery
from django.conf import settings
from django.db import connection

from heating.embedded.redis import EmbeddedRedis
from office.models import Job


@contextmanager
def a_broker(tmp_path: Path) -> Iterator[str]:
    """A Redis of one test's own; what this process itself sends goes nowhere."""
    redis = EmbeddedRedis(tmp_path / "redis")
    with redis.in_use():
        yield redis.broker_url()


@contextmanager
def a_worker(
    broker: str, log: Path, *, pool: str = "solo", **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process in a group of its own; with the pool "prefork" it has children."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    variables = os.environ | {
        "DJANGO_SETTINGS_MODULE": "heating.settings",
        "HEATING_ENV": "demo",
        "DATABASE_URL": settings.DATABASE_URL or url,
        "CELERY_BROKER_URL": broker,
        "CACHE_URL": broker,
    }
    command = [sys.executable, "-m", "celery", "-A", "heating", "worker", "--pool", pool]
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [*command, "--concurrency", "1", "--without-gossip", "--without-mingle"],
            env=variables | environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        if worker.poll() is None:
            kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """SIGKILL to it and to its children, at once."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def wake(broker: str, job: Job) -> None:
    """Send the message that wakes a worker."""
    with Celery(broker=broker) as sender:
        sender.send_task("office.run_job", args=[job.pk])
