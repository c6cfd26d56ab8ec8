"""Which figures of a table may be published without saying anything about one case. Pure.

A count from one to four is hidden, and so is any count of a group of fewer than five people. Where
the total stands beside the table, what is hidden can be reckoned back: then more cells are hidden,
until at least two are and together they come to five. A zero is no case and may stand.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

FEWEST = 5


@dataclass(frozen=True)
class Figures:
    """Tables over the same cases, by name; None is a figure that is hidden."""

    total: int | None
    tables: Mapping[str, Mapping[str, int | None]]


def publishable(
    tables: Mapping[str, Mapping[str, int]], small_groups: Mapping[str, Collection[str]]
) -> Figures:
    """Returns the tables with what must be hidden as None.

    Every table counts the same cases, so that all have one total: it is hidden in all of them where
    it is below five, or where one table could not be protected beside it. `small_groups` names the
    cells of each table that stand for fewer than five people.
    """
    totals = {sum(table.values()) for table in tables.values()}
    if len(totals) > 1:
        raise ValueError("The tables do not count the same cases.")
    total = totals.pop() if totals else 0
    small = {name: set(small_groups.get(name, ())) for name in tables}
    hidden = {name: _hidden_beside_total(table, small[name]) for name, table in tables.items()}
    with_total = not 0 < total < FEWEST and None not in hidden.values()
    shown = {}
    for name, table in tables.items():
        cells = hidden[name] if with_total else _hidden_alone(table, small[name])
        shown[name] = {key: None if key in (cells or ()) else n for key, n in table.items()}
    return Figures(total if with_total else None, shown)


def _sensitive(table: Mapping[str, int], small: Collection[str]) -> set[str]:
    return {key for key, n in table.items() if 0 < n < FEWEST or (n and key in small)}


def _hidden_beside_total(table: Mapping[str, int], small: Collection[str]) -> set[str] | None:
    """Returns the cells to hide beside a visible total; None where hiding all is not enough."""
    hidden = _sensitive(table, small)
    if not hidden:
        return hidden
    # The smallest first: as little as possible is lost. A zero hides nothing by its number, but
    # makes a second cell of which nobody knows how much it has.
    others = sorted((key for key in table if key not in hidden), key=lambda key: (table[key], key))
    others.sort(key=lambda key: table[key] == 0)
    while len(hidden) < 2 or sum(table[key] for key in hidden) < FEWEST:
        if not others:
            return None
        hidden.add(others.pop(0))
    return hidden


def _hidden_alone(table: Mapping[str, int], small: Collection[str]) -> set[str]:
    """Returns the cells to hide where the total is hidden: at least one that has a case, or the
    sum of the others would be the total.
    """
    hidden = _sensitive(table, small)
    if hidden:
        return hidden
    counted = [key for key, n in table.items() if n]
    return {min(counted, key=lambda key: (table[key], key))} if counted else set()
