"""What an app above does when the contract of a connection or its acceptance has changed.

Customers knows nothing of billing; billing adds its step here when the project starts
(`billing/apps.py`).
"""

from collections.abc import Callable
from datetime import datetime

from customers.models import Connection

FollowUp = Callable[[Connection, datetime], None]
_FOLLOW_UPS: list[FollowUp] = []


def add_follow_up(step: FollowUp) -> None:
    """Adds a step that runs in the transaction of every such change, once."""
    if step not in _FOLLOW_UPS:
        _FOLLOW_UPS.append(step)


def follow_up(locked_connection: Connection, *, at: datetime) -> None:
    """A step of operations that sign, amend or end a contract or accept construction: runs what
    the apps above have added.
    """
    for step in _FOLLOW_UPS:
        step(locked_connection, at)
