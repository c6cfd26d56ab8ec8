"""The chart of one day: superiors, chains, departments. Without a database."""

import pytest

from office.organisation.chart import Chart, PostOnDay, Seat
from tests.office.organisation.charts import (
    AUDIT,
    AUDITOR,
    CHAIR,
    ENGINEERING,
    FITTER,
    FOREMAN,
    GROUP_AUDITOR,
    HEAD,
    MANAGER,
    NETWORK,
    PRESIDENT,
    a_chart,
)


class TestChain:
    @pytest.mark.parametrize(
        ("person", "chain"),
        [
            (FITTER, [FOREMAN, HEAD, MANAGER, PRESIDENT, CHAIR]),
            (AUDITOR, [MANAGER, PRESIDENT, CHAIR]),
            (GROUP_AUDITOR, [PRESIDENT, CHAIR]),
            (CHAIR, []),
            (404, []),
        ],
    )
    def test_it_names_everybody_above_the_nearest_first(
        self, person: int, chain: list[int]
    ) -> None:
        assert a_chart().chain_of_command(person) == chain

    def test_direct_superiors_are_the_holders_of_the_post_above(self) -> None:
        assert a_chart().superiors(FITTER) == [FOREMAN]
        two = a_chart((FITTER, FITTER), (21, FOREMAN), (22, FOREMAN))
        assert two.superiors(FITTER) == [21, 22]

    def test_above_a_vacant_post_the_next_leads(self) -> None:
        chart = a_chart((FITTER, FITTER), (HEAD, HEAD))
        assert chart.superiors(FITTER) == [HEAD]
        assert chart.chain_of_command(FITTER) == [HEAD]

    def test_who_holds_the_post_above_their_own_is_led_by_the_next(self) -> None:
        chart = a_chart((FITTER, FITTER), (FITTER, FOREMAN), (HEAD, HEAD))
        assert chart.superiors(FITTER) == [HEAD]

    def test_of_two_posts_both_chains_count(self) -> None:
        chart = a_chart((21, FITTER), (21, AUDITOR), (FOREMAN, FOREMAN), (MANAGER, MANAGER))
        assert chart.chain_of_command(21) == [FOREMAN, MANAGER]

    def test_a_circle_of_posts_ends(self) -> None:
        posts = {
            1: PostOnDay(1, "A", "A", 1, ENGINEERING, 4, 2),
            2: PostOnDay(2, "B", "B", 1, ENGINEERING, 4, 1),
        }
        chart = Chart(a_chart().departments, posts, [Seat(1, 1), Seat(2, 2)])
        assert chart.chain_of_command(1) == [2]


class TestDepartments:
    def test_a_part_belongs_to_the_department_below_the_company(self) -> None:
        chart = a_chart()
        assert (chart.root_of(NETWORK), chart.root_of(AUDIT)) == (ENGINEERING, AUDIT)
        assert chart.roots_of(FITTER) == {ENGINEERING}
        assert sorted(chart.people_below(ENGINEERING)) == [HEAD, FOREMAN, FITTER]

    def test_colleagues_sit_in_the_same_department_with_its_parts(self) -> None:
        assert sorted(a_chart().colleagues(FITTER)) == [HEAD, FOREMAN]
        assert a_chart().colleagues(AUDITOR) == []

    def test_rank_is_the_highest_of_ones_posts(self) -> None:
        assert a_chart((FITTER, FITTER), (FITTER, HEAD)).rank_of(FITTER) == 4
        assert a_chart().rank_of(404) is None
