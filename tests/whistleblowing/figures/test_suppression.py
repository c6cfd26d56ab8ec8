"""Small figures and what would give them away (check 13 of the issue). Without a database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whistleblowing.figures.suppression import FEWEST, publishable


def shown(
    table: dict[str, int], small: tuple[str, ...] = ()
) -> tuple[int | None, dict[str, int | None]]:
    figures = publishable({"kind": table}, {"kind": small})
    return figures.total, dict(figures.tables["kind"])


class TestPublishable:
    @pytest.mark.parametrize(
        ("table", "total", "cells"),
        [
            ({"a": 0, "b": 0}, 0, {"a": 0, "b": 0}),
            ({"a": 5, "b": 7, "c": 0}, 12, {"a": 5, "b": 7, "c": 0}),
            # One small cell: the next smallest goes with it, or 13 − 12 would tell.
            ({"a": 1, "b": 5, "c": 7}, 13, {"a": None, "b": None, "c": 7}),
            # Two small cells that come to less than five take a third along.
            ({"a": 1, "b": 2, "c": 6, "d": 9}, 18, {"a": None, "b": None, "c": None, "d": 9}),
            ({"a": 4, "b": 4, "c": 9}, 17, {"a": None, "b": None, "c": 9}),
            # Only zeros beside it: one of them is hidden too, yet 1 is less than five.
            ({"a": 1, "b": 0}, None, {"a": None, "b": 0}),
            ({"a": 3, "b": 1}, None, {"a": None, "b": None}),
        ],
    )
    def test_small_cells_and_their_complements_are_hidden(
        self, table: dict[str, int], total: int | None, cells: dict[str, object]
    ) -> None:
        assert shown(table) == (total, cells)

    def test_one_case_in_a_department_of_four_is_suppressed(self) -> None:
        assert shown({"四人部门": 1, "工程部": 9, "财务部": 6}) == (
            16,
            {"四人部门": None, "工程部": 9, "财务部": None},
        )

    def test_also_five_cases_are_hidden_where_only_four_people_are(self) -> None:
        assert shown({"四人部门": 5, "工程部": 9, "财务部": 6}, ("四人部门",)) == (
            20,
            {"四人部门": None, "工程部": 9, "财务部": None},
        )

    def test_a_total_below_five_is_hidden_in_every_table(self) -> None:
        figures = publishable({"kind": {"a": 3, "b": 0}, "company": {"x": 3}}, {})
        assert figures.total is None
        assert figures.tables == {"kind": {"a": None, "b": 0}, "company": {"x": None}}

    def test_without_a_total_a_table_of_large_cells_still_hides_one(self) -> None:
        # Otherwise its sum would be the total that protects the other table.
        figures = publishable({"kind": {"a": 6, "b": 6}, "rank": {"x": 12}}, {"rank": ("x",)})
        assert figures.total is None
        assert figures.tables == {"kind": {"a": None, "b": 6}, "rank": {"x": None}}

    def test_tables_over_different_cases_are_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="same cases"):
            publishable({"kind": {"a": 6}, "rank": {"x": 7}}, {})

    @settings(max_examples=60, deadline=None)
    @given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 12)))
    def test_what_is_hidden_is_never_reckoned_back(self, table: dict[str, int]) -> None:
        total, cells = shown(table)
        hidden = [key for key, value in cells.items() if value is None]
        assert all(value is None or value == 0 or value >= FEWEST for value in cells.values())
        if total is not None and hidden:
            rest = total - sum(int(str(value)) for value in cells.values() if value is not None)
            assert len(hidden) >= 2
            assert rest >= FEWEST
        if total is None:
            assert any(table[key] for key in hidden)
