"""Who is related to whom, and who has an interest in which outside partner. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Relations:
    """The declared relations of one day; people are keys. A relation holds in both directions,
    whoever of the two declared it.
    """

    pairs: frozenset[frozenset[int]] = frozenset()
    parties: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def relatives_of(self, person: int) -> frozenset[int]:
        """Returns the people to whom a person is related."""
        return frozenset(
            other for pair in self.pairs if person in pair for other in pair if other != person
        )

    def people_with_interest_in(self, party: str) -> frozenset[int]:
        """Returns the people with an interest in an outside partner, by the partner's name."""
        name = plain_name(party)
        return frozenset(person for person, names in self.parties.items() if name in names)


def relations_of(rows: Iterable[tuple[int, int | None, str]]) -> Relations:
    """Returns the relations from rows of (declarant, related colleague or None, partner or "")."""
    pairs: set[frozenset[int]] = set()
    parties: dict[int, set[str]] = {}
    for declarant, related, party in rows:
        if related is not None and related != declarant:
            pairs.add(frozenset((declarant, related)))
        if plain_name(party):
            parties.setdefault(declarant, set()).add(plain_name(party))
    return Relations(
        frozenset(pairs), {person: frozenset(names) for person, names in parties.items()}
    )


def plain_name(name: str) -> str:
    """Returns a partner's name half-width, in lower case and without spaces."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
