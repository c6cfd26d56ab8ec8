"""Doing the same thing from many sides at once, each on a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from office.refusals import Refused

T = TypeVar("T")


def at_once(works: Sequence[Callable[[], T]]) -> list[T | Refused]:
    """Start all together; a refusal is an outcome, any other error is raised."""
    gate = Barrier(len(works))

    def outcome(work: Callable[[], T]) -> T | Refused:
        gate.wait()
        try:
            return work()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(outcome, works))
