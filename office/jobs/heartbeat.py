"""The progress of a job whose work is one long transaction, written by a thread beside it.

The transaction of the work would hide its progress until it ends. That the process is alive says
`office/jobs/job_pulse.py`, for every job.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from office.jobs.queue import JobTakenOver, RunningJob

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5
_PERCENT = 100


class Heartbeat:
    """Writes every five seconds how far the job is."""

    def __init__(self, work: RunningJob) -> None:
        self._work = work
        self._portion = 0.0
        self._over = threading.Event()
        self._taken: JobTakenOver | None = None

    def progress(self, portion: float) -> None:
        """Notes the portion done, from 0 to 1; JobTakenOver when another worker has the job."""
        if self._taken is not None:
            raise self._taken
        self._portion = portion

    def beat_until_stopped(self) -> None:
        """Runs in the thread; a beat that the database refuses is tried again at the next."""
        try:
            while not self._over.wait(BEAT_SECONDS):
                try:
                    self._work.progress(int(self._portion * _PERCENT), _PERCENT)
                except Error:
                    logger.warning("job %s: a heartbeat failed", self._work.row.pk, exc_info=True)
                    # A broken connection stays broken until it is opened anew.
                    connection.close()
        except JobTakenOver as take_over:
            self._taken = take_over
        finally:
            connection.close()

    def stop(self) -> None:
        """Ends the thread's loop."""
        self._over.set()


@contextmanager
def beating(work: RunningJob) -> Iterator[Heartbeat]:
    """Writes the progress of the job while the block runs."""
    heartbeat = Heartbeat(work)
    thread = threading.Thread(target=heartbeat.beat_until_stopped, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield heartbeat
    finally:
        heartbeat.stop()
        thread.join()
