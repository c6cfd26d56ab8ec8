"""How many rows a list has and what their amounts come to, by one query."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, QuerySet, Sum

from office.language import Text
from office.lists.list_columns import ListColumn
from office.money import yuan_text


@dataclass(frozen=True)
class ListFigures:
    """The number of rows, counted up to a limit, and the sums of the money columns."""

    count: int
    beyond: bool
    totals: list[tuple[Text, str]]

    @property
    def shown_count(self) -> str:
        return f"{self.count:,}"


def list_figures(
    rows: QuerySet[Any],
    columns: list[ListColumn],
    most: int,
    totals_of: Callable[[QuerySet[Any]], Mapping[str, int]],
) -> ListFigures:
    """Counts the rows up to `most` and adds up their amounts; a longer list has no totals.

    `totals_of` gives the totals in fen of amounts that are no columns of the rows, by their names.
    """
    amounts = {
        column.money.fen: column.heading
        for column in columns
        if column.money is not None and column.money.summed
    }
    plain = rows.order_by()
    # PostgreSQL stops reading at the limit: a list of millions answers as quickly. It asks once
    # whether there is a row beyond, and if so it adds nothing up.
    beyond = Exists(plain.values("pk")[most : most + 1])
    sums = {f"total_{number}": Sum(fen) for number, fen in enumerate(amounts)}
    figures = plain.filter(~beyond).values("pk", *amounts).aggregate(count=Count("pk"), **sums)
    if not figures["count"] and plain.exists():
        return ListFigures(most, beyond=True, totals=[])
    total_fen = {fen: figures[f"total_{number}"] or 0 for number, fen in enumerate(amounts)}
    total_fen |= totals_of(rows)
    totals: list[tuple[Text, str]] = [
        (column.heading, yuan_text(total_fen[column.money.fen]))
        for column in columns
        if column.money is not None and column.money.fen in total_fen
    ]
    return ListFigures(figures["count"], beyond=False, totals=totals)
