"""Waits for rows and tables are bounded on the web, and end in a sentence."""

from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from office.refusals import Refused

LONGEST_WAIT = "8s"
"""How long a request waits for one lock, in PostgreSQL's spelling."""

BUSY = "busy"
"""The code of the refusal of a lock that was not free in time; the same request may come again."""

_WAITED_TOO_LONG = (errors.LockNotAvailable, errors.DeadlockDetected)


def bound_waits() -> None:
    """Lets each connection that this process opens wait for a lock no longer than bound.

    For web servers. Workers and commands wait as long as it takes: nobody sits before them.
    """
    connection_created.connect(_set_timeout, dispatch_uid="office.lock_waits")


def refusal_of(error: OperationalError) -> Refused | None:
    """The refusal to answer with when the database gave up waiting; None for other errors."""
    if not isinstance(error.__cause__, _WAITED_TOO_LONG):
        return None
    return Refused(BUSY, _("该记录正由另一窗口办理，本次没有入账或更改，请稍候再试。"))


def _set_timeout(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LONGEST_WAIT])
