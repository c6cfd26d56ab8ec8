"""Which suppliers count as one: a chain of relations makes a group, however long it is."""

from collections.abc import Iterable


def independent_groups(
    suppliers: Iterable[int], related: Iterable[tuple[int, int]]
) -> list[set[int]]:
    """Returns the groups of suppliers that are connected by relations; their number is the number
    of independent suppliers.

    Relations may lead through suppliers that are not asked about: those are left out of the
    groups, but connect.
    """
    parents: dict[int, int] = {}

    def root(supplier: int) -> int:
        parents.setdefault(supplier, supplier)
        while parents[supplier] != supplier:
            # Halves the way, so that long chains stay cheap.
            parents[supplier] = parents[parents[supplier]]
            supplier = parents[supplier]
        return supplier

    for first, second in related:
        parents[root(first)] = root(second)
    groups: dict[int, set[int]] = {}
    for supplier in suppliers:
        groups.setdefault(root(supplier), set()).add(supplier)
    return sorted(groups.values(), key=min)
