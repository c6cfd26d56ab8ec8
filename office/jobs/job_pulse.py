"""The pulse of a running job: a thread says that its process is alive, however slow the work is.

A statement of ten minutes and a stretch of a quarter of a million accounts say nothing meanwhile;
only a process that was killed falls silent. One that hangs is killed by Celery's time limit.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection
from django.utils import timezone

from office.models import Job, JobState

logger = logging.getLogger(__name__)

PULSE_SECONDS = 10


@contextmanager
def pulse_of(row: Job) -> Iterator[None]:
    """Writes the job's heartbeat every ten seconds while the block runs."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(row, over), name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(row: Job, over: threading.Event) -> None:
    """Runs in the thread, on a connection of its own; ends when another worker has the job."""
    mine = Job.objects.filter(pk=row.pk, state=JobState.RUNNING, attempts=row.attempts)
    try:
        while not over.wait(PULSE_SECONDS):
            try:
                if not mine.update(heartbeat_at=timezone.now()):
                    return
            except Error:
                logger.warning("job %s: a heartbeat failed", row.pk, exc_info=True)
                # A broken connection stays broken until it is opened anew.
                connection.close()
    finally:
        connection.close()
