"""The way from a category of the tree up to its root."""

from collections.abc import Mapping


def chain_of(category: int, parents: Mapping[int, int | None]) -> list[int]:
    """Returns the category and those above it, the nearest first; a loop in the tree ends it."""
    chain: list[int] = []
    above: int | None = category
    while above is not None and above not in chain:
        chain.append(above)
        above = parents.get(above)
    return chain
