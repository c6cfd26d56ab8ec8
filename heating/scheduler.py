"""The scheduler of the work queue: several may run, only the one with the lock starts tasks."""

import logging
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django_celery_beat.schedulers import DatabaseScheduler

from office.locks.advisory_locks import AdvisoryLock

logger = logging.getLogger(__name__)

STANDBY_SECONDS = 5


class LeaderScheduler(DatabaseScheduler):
    """Starts tasks while it has an advisory lock, which PostgreSQL frees when its session ends.

    It needs a direct connection: a pooler that shares sessions between clients breaks the lock.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A connection outside Django's registry, since Django closes its own when they are old and
        # the lock would end with the session.
        self._session = connection.copy()
        self._leading = False
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if not self._is_leader():
            return STANDBY_SECONDS
        delay: float = super().tick(*args, **kwargs)
        return delay

    def _is_leader(self) -> bool:
        try:
            with self._session.cursor() as cursor:
                if self._leading:
                    cursor.execute("SELECT 1")
                    return True
                cursor.execute(
                    "SELECT pg_try_advisory_lock(%s, 0)", [int(AdvisoryLock.BEAT_LEADER)]
                )
                (self._leading,) = cursor.fetchone()
        except (DatabaseError, InterfaceError):
            logger.warning("the database does not answer; the schedule stands still")
            self._session.close()
            self._leading = False
        if self._leading:
            logger.info("this beat leads")
            # The schedule read at the start lacks what the previous leader has sent since then, so
            # that it must be read again from the database.
            self._initial_read = True
            self._heap = None
        return self._leading
