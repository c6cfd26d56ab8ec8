"""Waits for rows and tables are bounded on the web, and end in a sentence."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

LONGEST_WAIT = "8s"
"""How long a request waits for one lock, in PostgreSQL's spelling."""

BUSY = "busy"
"""The code of the refusal of a lock that was not free in time; the same request may come again."""


def bound_waits() -> None:
    """Lets each connection that this process opens wait for a lock no longer than bound.

    For web servers. Workers and commands wait as long as it takes: nobody sits before them.
    """
    connection_created.connect(_set_timeout, dispatch_uid="office.locks.lock_waits")


def _set_timeout(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LONGEST_WAIT])
