"""What waits for a person: kinds of work, each counted once for front page, sidebar and lists.

An app lists its kinds in one file (`billing/waiting_kinds.py`, `complaints/waiting_kinds.py`,
`office/approvals/waiting.py`); `heating/waiting.py` collects them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, DateTimeField, Min, Q, QuerySet, Value
from django.urls import reverse

from office.language import Text
from office.models import User


@dataclass(frozen=True)
class WaitingKind:
    """One kind of work that waits for people.

    `rows` returns what waits for a person at a moment, the most urgent first, or None where the
    kind is not theirs; it may ask a fixed number of statements before. `name` and `link` say one
    row on the front page. `since` is the column with the moment it began to wait, `due` the one
    with its promise; each is empty where there is none.
    `page` and `query` lead to the list of exactly these rows.
    """

    key: str
    title: Text
    empty: Text
    permission: str
    page: str
    query: str
    rows: Callable[[User, datetime], QuerySet[Any] | None]
    name: Callable[[Any], str]
    link: Callable[[Any], str]
    since: str
    due: str = ""

    @property
    def address(self) -> str:
        """The list that shows all of these rows and no others."""
        return reverse(f"admin:{self.page}") + self.query


@dataclass(frozen=True)
class Waits:
    """How many rows of a kind wait for a person, how many past their promise, and since when the
    oldest one waits."""

    kind: WaitingKind
    rows: QuerySet[Any]
    count: int
    late: int
    oldest: datetime | None


def waits_of(kinds: Iterable[WaitingKind], user: User, at: datetime) -> list[Waits]:
    """Counts every kind that is the person's business, in one statement for all kinds together.

    What is due at the very moment is not late yet.
    """
    theirs = [
        (kind, rows)
        for kind in kinds
        if user.has_perm(kind.permission) and (rows := kind.rows(user, at)) is not None
    ]
    counted = _count(theirs, at)
    return [Waits(kind, rows, *counted.get(kind.key, (0, 0, None))) for kind, rows in theirs]


def _count(
    theirs: list[tuple[WaitingKind, QuerySet[Any]]], at: datetime
) -> dict[str, tuple[int, int, datetime | None]]:
    counts = [
        rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))  # noqa: SLF001
        .annotate(waiting_kind=Value(kind.key))
        .values("waiting_kind")
        .annotate(
            waiting=Count("pk"),
            late=Count("pk", filter=Q(**{f"{kind.due}__lt": at}) if kind.due else Q(pk__in=[])),
            oldest=Min(kind.since) if kind.since else Value(None, DateTimeField()),
        )
        .order_by()
        .values_list("waiting_kind", "waiting", "late", "oldest")
        for kind, rows in theirs
    ]
    if not counts:
        return {}
    rows = counts[0].union(*counts[1:], all=True)
    return {key: (count, late, oldest) for key, count, late, oldest in rows}
