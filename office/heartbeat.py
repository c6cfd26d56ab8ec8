"""The heartbeat of a job whose work is one long transaction: told from a thread beside it.

The transaction of the work would hide its own heartbeat until it ends.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from office.jobs import JobTakenOver, RunningJob

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5
_PERCENT = 100


class Heartbeat:
    """Tells every five seconds that the job is alive and how far it is."""

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
        except JobTakenOver as taken:
            self._taken = taken
        finally:
            connection.close()

    def stop(self) -> None:
        """Ends the thread's loop."""
        self._over.set()


@contextmanager
def beating(work: RunningJob) -> Iterator[Heartbeat]:
    """Keeps the job alive while the block runs."""
    heartbeat = Heartbeat(work)
    thread = threading.Thread(target=heartbeat.beat_until_stopped, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield heartbeat
    finally:
        heartbeat.stop()
        thread.join()
