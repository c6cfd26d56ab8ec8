"""To whom a report may be sealed (check 4 of the issue). Without a database."""

import pytest

from office.interests.relations import Relations, relations_of
from office.organisation.chart import Chart
from tests.office.organisation.charts import (
    AUDITOR,
    CHAIR,
    ENGINEERING,
    FITTER,
    FOREMAN,
    GROUP,
    GROUP_AUDITOR,
    HEAD,
    MANAGER,
    PRESIDENT,
    TAIYUAN,
    a_chart,
)
from whistleblowing.routing.rules import (
    Accused,
    Candidate,
    Involved,
    Route,
    effective_rank,
    people_named,
    route,
    watchers,
)
from whistleblowing.words import Level, Rank

LEVELS = {
    Rank.STAFF: Level.COMPANY,
    Rank.DEPARTMENT_HEAD: Level.COMPANY,
    Rank.COMPANY_LEADER: Level.GROUP,
    Rank.GROUP_LEADER: Level.BOARD,
    Rank.PARTNER: Level.GROUP,
    Rank.UNKNOWN: Level.GROUP,
}
SUPERVISOR = 51
NO_RELATIONS = Relations()
# The supervisor of the board sits in no chain; one officer stands in no chart.
OFFICERS = (
    Candidate("company", "审甲", Level.COMPANY, TAIYUAN, AUDITOR),
    Candidate("fitter", "审乙", Level.COMPANY, TAIYUAN, FOREMAN),
    Candidate("group", "审丙", Level.GROUP, GROUP, GROUP_AUDITOR),
    Candidate("outsider", "审丁", Level.GROUP, GROUP, None),
    Candidate("chair", "董长", Level.BOARD, GROUP, CHAIR),
    Candidate("supervisor", "监事", Level.BOARD, GROUP, SUPERVISOR),
)


def the_route(
    accused: Accused,
    chart: Chart | None = None,
    relations: Relations = NO_RELATIONS,
    officers: tuple[Candidate, ...] = OFFICERS,
) -> Route:
    return route(accused, officers, chart or a_chart(), relations, LEVELS)


def an_accused(person: int, rank: Rank = Rank.UNKNOWN) -> Accused:
    return Accused(rank, people=frozenset({person}))


class TestLevels:
    @pytest.mark.parametrize(
        ("person", "rank", "level", "chosen"),
        [
            # The foreman's officer post is out for the fitter: the foreman leads him.
            (FITTER, Rank.STAFF, Level.COMPANY, ("company",)),
            (HEAD, Rank.DEPARTMENT_HEAD, Level.COMPANY, ("company",)),
            # The chart knows the rank better than the reporter, who may only make it higher.
            (HEAD, Rank.STAFF, Level.COMPANY, ("company",)),
            (FITTER, Rank.COMPANY_LEADER, Level.GROUP, ("group", "outsider")),
            (MANAGER, Rank.STAFF, Level.GROUP, ("group", "outsider")),
            (PRESIDENT, Rank.UNKNOWN, Level.BOARD, ("supervisor",)),
            (PRESIDENT, Rank.STAFF, Level.BOARD, ("supervisor",)),
            (CHAIR, Rank.GROUP_LEADER, Level.BOARD, ("supervisor",)),
            # The company's auditor is accused: nobody of the company remains but one of another
            # department.
            (AUDITOR, Rank.STAFF, Level.COMPANY, ("fitter",)),
        ],
    )
    def test_rank_and_company_decide(
        self, person: int, rank: Rank, level: Level, chosen: tuple[str, ...]
    ) -> None:
        result = the_route(an_accused(person, rank))
        assert (result.level, result.chosen) == (level, chosen)

    @pytest.mark.parametrize("rank", list(Rank))
    def test_who_is_found_nowhere_is_never_handled_in_a_company(self, rank: Rank) -> None:
        result = the_route(Accused(rank, words="某人", companies=frozenset({TAIYUAN})))
        expected = Level.BOARD if rank is Rank.GROUP_LEADER else Level.GROUP
        assert result.level is expected

    def test_a_chain_with_a_gap_goes_to_the_group(self) -> None:
        without_manager = a_chart((FITTER, FITTER), (FOREMAN, FOREMAN), (AUDITOR, AUDITOR))
        assert the_route(an_accused(FITTER), without_manager).level is Level.GROUP

    def test_two_companies_go_to_the_group(self) -> None:
        accused = Accused(
            Rank.STAFF, people=frozenset({FITTER}), companies=frozenset({TAIYUAN, 77})
        )
        assert the_route(accused).level is Level.GROUP

    def test_a_level_where_nobody_remains_is_passed_upwards_never_downwards(self) -> None:
        only_board = tuple(officer for officer in OFFICERS if officer.level is not Level.GROUP)
        result = the_route(an_accused(MANAGER), officers=only_board)
        assert (result.level, result.chosen) == (Level.BOARD, ("supervisor",))
        company_only = OFFICERS[:2]
        assert the_route(an_accused(MANAGER), officers=company_only).chosen == ()

    def test_a_rank_without_a_rule_goes_to_the_board(self) -> None:
        result = route(an_accused(FITTER), OFFICERS, a_chart(), Relations(), {})
        assert result.level is Level.BOARD


class TestInvolved:
    def test_a_department_head_is_accused_he_and_his_chain_can_never_be_chosen(self) -> None:
        everybody = tuple(
            Candidate(person, f"审{person}", level, TAIYUAN, person)
            for person in (HEAD, MANAGER, PRESIDENT, CHAIR, FOREMAN, FITTER, AUDITOR)
            for level in (Level.COMPANY,)
        )
        result = the_route(an_accused(HEAD), officers=everybody)
        assert result.chosen == (AUDITOR,)
        assert result.involved == {
            HEAD: Involved.ACCUSED,
            MANAGER: Involved.CHAIN,
            PRESIDENT: Involved.CHAIN,
            CHAIR: Involved.CHAIN,
            FOREMAN: Involved.DEPARTMENT,
            FITTER: Involved.DEPARTMENT,
        }

    def test_declared_relations_are_out_whoever_declared_them(self) -> None:
        for row in ((FITTER, AUDITOR, ""), (AUDITOR, FITTER, "")):
            result = the_route(an_accused(FITTER), relations=relations_of([row]))
            assert result.involved["company"] is Involved.RELATION
            assert (result.level, result.chosen) == (Level.GROUP, ("group", "outsider"))

    def test_an_interest_in_the_accused_partner_is_out(self) -> None:
        accused = Accused(Rank.PARTNER, party="太原华源管件有限公司")
        relations = relations_of([(GROUP_AUDITOR, None, "太原华源管件 有限公司")])
        result = the_route(accused, relations=relations)
        assert (result.involved["group"], result.chosen) == (Involved.RELATION, ("outsider",))

    def test_of_a_department_alone_everybody_in_it_and_above_it_is_out(self) -> None:
        accused = Accused(Rank.UNKNOWN, departments=frozenset({ENGINEERING}))
        watching = (*OFFICERS, Candidate("president", "总裁", Level.GROUP, GROUP, PRESIDENT))
        result = the_route(accused, officers=watching)
        assert result.involved["fitter"] is Involved.CHAIN
        assert result.involved["president"] is Involved.CHAIN
        assert result.chosen == ("group", "outsider")

    def test_an_officer_of_a_company_without_a_place_in_the_chart_is_never_chosen(self) -> None:
        stranger = (Candidate("stranger", "审戊", Level.COMPANY, TAIYUAN, None),)
        result = the_route(an_accused(FITTER), officers=stranger)
        assert (result.involved, result.chosen) == ({"stranger": Involved.UNCHECKED}, ())

    def test_whose_name_stands_in_the_words_is_out_also_without_a_place_in_the_chart(self) -> None:
        accused = Accused(Rank.UNKNOWN, words="审计部的审 丁和别人")
        assert the_route(accused).chosen == ("group",)


class TestWatchers:
    def test_a_watcher_is_not_involved_no_reader_and_never_below(self) -> None:
        chart, relations = a_chart(), Relations()
        for person, expected in (
            (FITTER, ["group", "outsider", "supervisor"]),
            (MANAGER, ["supervisor"]),
            (PRESIDENT, []),
        ):
            accused = an_accused(person)
            result = the_route(accused)
            assert watchers(accused, OFFICERS, result, chart, relations) == expected


class TestNames:
    def test_whole_names_are_found_however_they_are_spaced(self) -> None:
        names = {1: "张三", 2: "李四", 3: "欧阳建国", 4: "王"}
        assert people_named("工程部张 三，还有欧阳建国；王", names) == {1, 3}

    def test_the_highest_rank_of_all_who_may_be_meant_counts(self) -> None:
        accused = Accused(Rank.STAFF, people=frozenset({FITTER, MANAGER}))
        assert effective_rank(accused, a_chart()) is Rank.COMPANY_LEADER
