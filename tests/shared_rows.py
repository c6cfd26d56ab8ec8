"""Rows that the tests of one file share: built once, in a transaction around all of them.

Each test works in a savepoint inside that transaction, so it leaves the rows as they were.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import validate_django_db
from pytest_django.plugin import DjangoDbBlocker

from tests.clock import PRESENT, stop_clock

Rows = TypeVar("Rows")
_open: list[ExitStack] = []


def shared(build: Callable[[], Rows]) -> Any:
    """Returns a fixture of a file's scope that holds what `build` returned, and its rows."""

    @pytest.fixture(scope="module")
    def rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Rows]:
        with django_db_blocker.unblock(), ExitStack() as shared_rows:
            shared_rows.enter_context(_transaction_of_which_nothing_stays())
            _open.append(shared_rows)
            with pytest.MonkeyPatch.context() as patch:
                # What the tests do happens after what they share.
                stop_clock(patch, since=PRESENT - timedelta(minutes=1))
                built = build()
            # Deferred checks run once here instead of after every test.
            connection.check_constraints()
            yield built
        _open.clear()

    return rows


def own_copy(rows: Rows) -> Rows:
    """Returns records that a test may change: the next one finds them as they were built."""
    return deepcopy(rows)


def end_shared_rows(item: pytest.Item) -> None:
    """Removes shared rows before a test that commits: it would commit them too."""
    marker = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    commits = (marker is not None and validate_django_db(marker)[0]) or not {
        "transactional_db",
        "live_server",
    }.isdisjoint(fixtures)
    if commits:
        for rows in _open:
            rows.close()


@contextmanager
def _transaction_of_which_nothing_stays() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
