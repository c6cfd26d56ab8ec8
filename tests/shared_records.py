"""Records that consecutive tests read are built once.

A fixture marked with `@shared_fixture` is built in a transaction that stays open around the
transactions of the tests that ask for it. Each test gets copies of the Python objects and its own
changes are rolled back, so the database holds exactly what the test asked for. Tests that commit
(`transaction=True`, a live server) build their records themselves.
"""

import inspect
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction

Builder = Callable[..., Any]


def shared_fixture(builder: Builder) -> Any:
    """A fixture whose records are built once for all tests in a row that ask for it.

    Its parameters may be `db` and other shared fixtures only: what a single test sets up (settings,
    clients) does not reach records that were built before it.
    """

    def given(**arguments: Any) -> Any:
        if builder in SHARED.copies:
            return SHARED.copies[builder]
        return builder(**arguments)

    given.__name__ = builder.__name__
    given.__doc__ = builder.__doc__
    given.__module__ = builder.__module__
    given.__signature__ = inspect.signature(builder)  # type: ignore[attr-defined]
    given.shared_builder = builder  # type: ignore[attr-defined]
    return pytest.fixture(given)


@dataclass
class SharedRecords:
    """The open transactions, outermost first, and what was built in each."""

    built: list[tuple[transaction.Atomic, Builder, Any]] = field(default_factory=list)
    copies: dict[Builder, Any] = field(default_factory=dict)

    def prepare(self, node: Any) -> None:
        """Leave open what the test asks for, roll back the rest, build what is missing."""
        wanted = [] if commits(node) else builders_of(node)
        same = 0
        while same < min(len(wanted), len(self.built)) and self.built[same][1] is wanted[same]:
            same += 1
        self.close(keep=same)
        for builder in wanted[same:]:
            self._build(builder)
        self.copies = deepcopy({builder: value for _, builder, value in self.built})

    def close(self, *, keep: int = 0) -> None:
        """Roll back all but the `keep` outermost."""
        self.copies = {}
        while len(self.built) > keep:
            atomic = self.built.pop()[0]
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)

    def _build(self, builder: Builder) -> None:
        values = {made.__name__: value for _, made, value in self.built}
        arguments = {
            name: None if name == "db" else values[name]
            for name in inspect.signature(builder).parameters
        }
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            value = builder(**arguments)
            # A deferred key is wrong here and now, not in the first test that looks.
            connection.check_constraints()
        except BaseException:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
            raise
        self.built.append((atomic, builder, value))


SHARED = SharedRecords()


def commits(node: Any) -> bool:
    """Whether the test's changes are committed, so that it may not run inside a transaction."""
    marker = node.get_closest_marker("django_db")
    if marker and (marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences")):
        return True
    return bool({"transactional_db", "live_server"} & set(node.fixturenames))


def builders_of(node: Any) -> list[Builder]:
    """The shared fixtures a test asks for, each after those it is built upon."""
    definitions = node._fixtureinfo.name2fixturedefs
    order: list[Builder] = []

    def add(name: str) -> None:
        function = definitions[name][-1].func if name in definitions else None
        builder = getattr(function, "shared_builder", None)
        if builder is None or builder in order:
            return
        for parameter in inspect.signature(builder).parameters:
            add(parameter)
        order.append(builder)

    for name in sorted(node.fixturenames):
        add(name)
    return order
