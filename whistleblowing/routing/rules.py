"""Which officers may receive a report: by rank and company of the accused, never those involved.

It is pure: people, companies and departments are keys of the organisation chart. Three things can
only make a report go higher, never lower: a rank that the chart says is higher than the reporter
said, an accused whom nobody finds in the chart, and a level at which nobody remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from office.interests.relations import Relations
from office.organisation.chart import Chart
from whistleblowing.words import Level, Rank

# Ranks of the organisation chart (`office.models.Rank`) as the reporter's form groups them.
_RANKS_OF_CHART = {
    1: Rank.GROUP_LEADER,
    2: Rank.GROUP_LEADER,
    3: Rank.COMPANY_LEADER,
    4: Rank.DEPARTMENT_HEAD,
    5: Rank.STAFF,
    6: Rank.STAFF,
}
_COMPANY_LEADER_OF_CHART = 3
_SHORTEST_NAME = 2


class Involved(StrEnum):
    """Why an officer can never receive a report."""

    ACCUSED = "accused"
    CHAIN = "chain"
    DEPARTMENT = "department"
    RELATION = "relation"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Accused:
    """Who is accused: the rank that the reporter chose, and what the words were found to mean.

    `words` is what the reporter wrote of the person, `party` of an outside partner. `people` are
    all whom the words may mean, `departments` likewise, `companies` those that are named.
    """

    rank: Rank
    words: str = ""
    party: str = ""
    people: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()
    companies: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """An officer who could receive reports at a level; `person` is None without a place in the
    chart. Who receives at two levels is two candidates.
    """

    key: Any
    name: str
    level: Level
    company: int | None = None
    person: int | None = None


@dataclass(frozen=True)
class Route:
    """The level that a report reaches, who receives it there, and who never may."""

    level: Level
    chosen: tuple[Any, ...]
    involved: Mapping[Any, Involved]


def route(
    accused: Accused,
    candidates: Sequence[Candidate],
    chart: Chart,
    relations: Relations,
    levels: Mapping[Rank, Level],
) -> Route:
    """Returns who receives a report; nobody is chosen where nobody remains up to the board.

    A rank without a level in `levels` goes to the board.
    """
    involved = _involved_people(accused, chart, relations)
    marks = {candidate: _mark(candidate, accused, involved) for candidate in candidates}
    excluded = {candidate.key: mark for candidate, mark in marks.items() if mark is not None}
    companies = accused.companies | {
        post.company for person in accused.people for post in chart.posts_of(person)
    }
    lowest = lowest_level(accused, chart, levels)
    for level in Level:
        if level < lowest:
            continue
        chosen = tuple(
            candidate.key
            for candidate in candidates
            if candidate.level is level
            and marks[candidate] is None
            and (level is not Level.COMPANY or _answers_for(candidate, companies))
        )
        if chosen:
            return Route(level, chosen, excluded)
    return Route(Level.BOARD, (), excluded)


def watchers(
    accused: Accused,
    candidates: Sequence[Candidate],
    chosen: Route,
    chart: Chart,
    relations: Relations,
) -> list[Any]:
    """Returns who may hear of what is overdue: not involved, no reader, and not below the level
    that the report reached.
    """
    involved = _involved_people(accused, chart, relations)
    return [
        candidate.key
        for candidate in candidates
        if candidate.level >= chosen.level
        and candidate.key not in chosen.chosen
        and _mark(candidate, accused, involved) is None
    ]


def lowest_level(accused: Accused, chart: Chart, levels: Mapping[Rank, Level]) -> Level:
    """Returns the lowest level that may handle the report."""
    level = levels.get(effective_rank(accused, chart), Level.BOARD)
    if level is Level.COMPANY and not _leads_to_the_top(accused, chart):
        return Level.GROUP
    return level


def effective_rank(accused: Accused, chart: Chart) -> Rank:
    """Returns the higher of the rank that the reporter chose and those that the chart has."""
    of_chart = [chart.rank_of(person) for person in accused.people]
    ranks = {_RANKS_OF_CHART[rank] for rank in of_chart if rank is not None} | {accused.rank}
    for rank in (Rank.GROUP_LEADER, Rank.COMPANY_LEADER, Rank.DEPARTMENT_HEAD, Rank.STAFF):
        if rank in ranks:
            return rank
    return accused.rank


def people_named(words: str, names: Mapping[int, str]) -> frozenset[int]:
    """Returns the people whose whole name stands in the words, spaces left out."""
    text = "".join(words.split()).casefold()
    return frozenset(
        person
        for person, name in names.items()
        if len(plain := "".join(name.split()).casefold()) >= _SHORTEST_NAME and plain in text
    )


def _leads_to_the_top(accused: Accused, chart: Chart) -> bool:
    """Whether the chart knows everybody between each accused and the leader of their company: an
    accused whom it does not know could be anybody, and a chain with a gap hides who is involved.
    """
    if not accused.people:
        return False
    return all(
        any(
            post.rank <= _COMPANY_LEADER_OF_CHART and chart.holders_of(post.key)
            for own in chart.posts_of(person)
            for post in (own, *chart.posts_above(own))
        )
        for person in accused.people
    )


def _involved_people(accused: Accused, chart: Chart, relations: Relations) -> dict[int, Involved]:
    """Returns everybody who is involved, under the first reason that applies."""
    roots = {chart.root_of(key) for key in accused.departments if key in chart.departments}
    below = {person for root in roots for person in chart.people_below(root)}
    chains = [
        *_each(accused.people, chart.chain_of_command),
        # Of a department alone, whoever leads anybody in it may be meant.
        *_each(below, chart.chain_of_command),
    ]
    related = [
        *_each(accused.people, relations.relatives_of),
        *relations.people_with_interest_in(accused.party or accused.words),
    ]
    people: dict[int, Involved] = {}
    for group, reason in (
        (accused.people, Involved.ACCUSED),
        (chains, Involved.CHAIN),
        ([*below, *_each(accused.people, chart.colleagues)], Involved.DEPARTMENT),
        (related, Involved.RELATION),
    ):
        for person in group:
            people.setdefault(person, reason)
    return people


def _each(people: Iterable[int], find: Any) -> list[int]:
    return [other for person in people for other in find(person)]


def _mark(
    candidate: Candidate, accused: Accused, involved: Mapping[int, Involved]
) -> Involved | None:
    """Returns why a candidate is out, or None."""
    if people_named(f"{accused.words} {accused.party}", {0: candidate.name}):
        return Involved.ACCUSED
    if candidate.person is not None:
        return involved.get(candidate.person)
    # Whom the chart does not know cannot be compared with a chain of command of the same company.
    return Involved.UNCHECKED if candidate.level is Level.COMPANY else None


def _answers_for(candidate: Candidate, companies: frozenset[int]) -> bool:
    """Whether all the companies that are concerned are the candidate's own."""
    return candidate.company is not None and companies == {candidate.company}
