"""The officers to whom a new report is sealed, and whom no reader may ever let in.

It reads the organisation chart and the declarations of the day, and writes nothing: what was
excluded and why is not stored, because it would say who is accused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from office.calendar import business_date
from office.interests.on_day import relations_on
from office.interests.relations import Relations
from office.models import Company, Person
from office.organisation.chart import Chart
from office.organisation.on_day import chart_on
from whistleblowing.models import Officer, RoutingRule
from whistleblowing.routing.rules import (
    Accused,
    Candidate,
    Route,
    people_named,
    route,
    watchers,
)
from whistleblowing.words import Level, Rank

# The rank of directors and supervisors of the board in the chart (`office.models.Rank`).
_BOARD_OF_CHART = 1


@dataclass(frozen=True)
class Ground:
    """What routing knows of a day: the chart, the declared relations, and levels by rank."""

    chart: Chart
    relations: Relations
    levels: Mapping[Rank, Level]


def readers_for(facts: Mapping[str, Any], at: datetime) -> tuple[list[Officer], Officer | None]:
    """Returns who receives a report and who hears of what is overdue; the first list is empty
    where nobody may receive it.
    """
    ground = ground_of(business_date(at))
    accused = accused_of(facts, ground.chart)
    officers = {officer.pk: officer for officer in _officers()}
    chosen = _route(accused, list(officers.values()), ground)
    watching = watchers(
        accused,
        candidates_of(
            [officer for officer in officers.values() if officer.watches_deadlines], ground.chart
        ),
        chosen,
        ground.chart,
        ground.relations,
    )
    return (
        [officers[key] for key in chosen.chosen],
        officers[watching[0]] if watching else None,
    )


def is_involved(officer: Officer, facts: Mapping[str, Any], at: datetime) -> bool:
    """Returns whether an officer is accused, above or beside the accused, or related to them."""
    return not not_involved([officer], facts, at)


def not_involved(
    officers: Sequence[Officer], facts: Mapping[str, Any], at: datetime
) -> list[Officer]:
    """Returns the officers who are neither accused, nor above or beside the accused, nor related
    to them.
    """
    ground = ground_of(business_date(at))
    involved = route(
        accused_of(facts, ground.chart),
        candidates_of(officers, ground.chart),
        ground.chart,
        ground.relations,
        ground.levels,
    ).involved
    return [officer for officer in officers if officer.pk not in involved]


def ground_of(day: date) -> Ground:
    """Returns what routing knows of a day; five statements."""
    levels: dict[Rank, Level] = {}
    for rule in RoutingRule.objects.filter(starts__lte=day).order_by("starts"):
        levels[Rank(rule.rank)] = Level(rule.level)
    return Ground(chart_on(day), relations_on(day), levels)


def accused_of(facts: Mapping[str, Any], chart: Chart) -> Accused:
    """Returns whom the words of a report may mean, by whole names of people and departments.

    Everybody of the name is meant, in whatever company: too many rather than too few.
    """
    words, place = str(facts["accused"]), str(facts["department"])
    company = Company.objects.filter(name=str(facts["company"])).first()
    departments = {
        department.key: department.name
        for department in chart.departments.values()
        if company is None or department.company == company.pk
    }
    return Accused(
        Rank(str(facts["rank"])),
        words=words,
        party=str(facts["partner"]),
        people=people_named(words, dict(Person.objects.values_list("pk", "name"))),
        departments=people_named(place, departments),
        companies=frozenset({company.pk} if company else ()),
    )


def candidates_of(officers: Sequence[Officer], chart: Chart) -> list[Candidate]:
    """Returns the levels at which each officer could receive a report.

    Reports on group leaders are for officers with that duty and for members of the board. Other
    duties are of the company by which an officer is employed, and of the group for those of the
    head office or of several companies.
    """
    people = {
        person.user_id: person
        for person in Person.objects.filter(
            user__in=[officer.user_id for officer in officers]
        ).select_related("company")
    }
    candidates = []
    for officer in officers:
        person = people.get(officer.user_id)
        company = person.company if person else _only_company(officer)
        of_company = company is not None and not company.is_head_office
        levels = [Level.COMPANY if of_company else Level.GROUP]
        of_board = person is not None and chart.rank_of(person.pk) == _BOARD_OF_CHART
        if officer.takes_leader_reports or of_board:
            levels.append(Level.BOARD)
        candidates += [
            Candidate(
                officer.pk,
                officer.user.display_name,
                level,
                company.pk if company else None,
                person.pk if person else None,
            )
            for level in levels
        ]
    return candidates


def _route(accused: Accused, officers: Sequence[Officer], ground: Ground) -> Route:
    """Routes by what each officer's duties are: everyday reports, those on leaders, or both."""
    everyday = {officer.pk for officer in officers if officer.takes_reports}
    leaders = {officer.pk for officer in officers if officer.takes_leader_reports}
    candidates = [
        candidate
        for candidate in candidates_of(officers, ground.chart)
        if candidate.key in (leaders if candidate.level is Level.BOARD else everyday)
    ]
    return route(accused, candidates, ground.chart, ground.relations, ground.levels)


def _officers() -> list[Officer]:
    rows = Officer.objects.filter(dismissed_at=None, keyed_at__isnull=False)
    return list(rows.select_related("user").prefetch_related("user__companies"))


def _only_company(officer: Officer) -> Company | None:
    companies = [] if officer.user.group_wide else list(officer.user.companies.all())
    return companies[0] if len(companies) == 1 else None
