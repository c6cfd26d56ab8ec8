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

Rows = Callable[[User, datetime], QuerySet[Any] | None]


@dataclass(frozen=True, kw_only=True)
class WaitingKind:
    """One kind of work that waits for people.

    `rows` returns what waits for a person at a moment, the most urgent first, or None where the
    kind is not theirs; it may ask a fixed number of statements before. `condition` narrows the
    rows down: kinds with the same `rows` are the queues of one desk, counted in one pass. `since`
    is the column with the moment a row began to wait, `due` the one with its promise; each is empty
    where there is none. `page` and `query` lead to the list of exactly these rows.

    `name` and `link` say one row on the front page, `empty` that there is none; a kind without
    `link` is shown there as a figure.
    """

    key: str
    title: Text
    permission: str
    page: str
    query: str
    rows: Rows
    condition: Callable[[datetime], Q] | None = None
    since: str
    due: str = ""
    empty: Text = ""
    name: Callable[[Any], str] = str
    link: Callable[[Any], str] | None = None

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


Figures = tuple[int, int, datetime | None]


def waits_of(kinds: Iterable[WaitingKind], user: User, at: datetime) -> list[Waits]:
    """Counts every kind that is the person's business: in one statement for all kinds together,
    and one more for each desk with queues.

    What is due at the very moment is not late yet.
    """
    desks: dict[Rows, QuerySet[Any] | None] = {}
    theirs = []
    for kind in kinds:
        if not user.has_perm(kind.permission):
            continue
        if kind.rows not in desks:
            desks[kind.rows] = kind.rows(user, at)
        rows = desks[kind.rows]
        if rows is not None:
            theirs.append((kind, rows))
    alone = [(kind, rows) for kind, rows in theirs if kind.condition is None]
    counted = _count(alone, at)
    for source, rows in desks.items():
        queues = [kind for kind, _rows in theirs if kind.rows is source and kind.condition]
        if rows is not None and queues:
            counted |= _count_queues(queues, rows, at)
    return [
        Waits(
            kind,
            rows.filter(kind.condition(at)) if kind.condition else rows,
            *counted.get(kind.key, (0, 0, None)),
        )
        for kind, rows in theirs
    ]


def _count(theirs: list[tuple[WaitingKind, QuerySet[Any]]], at: datetime) -> dict[str, Figures]:
    """Counts kinds of different tables by one UNION of their counts."""
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


def _count_queues(
    queues: list[WaitingKind], rows: QuerySet[Any], at: datetime
) -> dict[str, Figures]:
    """Counts the queues of one desk while its rows are read once."""
    figures: dict[str, Any] = {}
    for kind in queues:
        condition = kind.condition(at) if kind.condition else Q()
        late = Q(**{f"{kind.due}__lt": at}) if kind.due else Q(pk__in=[])
        figures[f"{kind.key}_count"] = Count("pk", filter=condition)
        figures[f"{kind.key}_late"] = Count("pk", filter=condition & late)
        figures[f"{kind.key}_oldest"] = Min(kind.since, filter=condition)
    counted = rows.order_by().aggregate(**figures)
    return {
        kind.key: (
            counted[f"{kind.key}_count"],
            counted[f"{kind.key}_late"],
            counted[f"{kind.key}_oldest"],
        )
        for kind in queues
    }
