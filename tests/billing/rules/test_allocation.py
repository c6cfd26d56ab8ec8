import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.allocation import Receivable, Share, allocate, season_order

OWED = [
    Receivable("c", "2025-2026", 162000),
    Receivable("a", "2023-2024", 50000),
    Receivable("b", "2024-2025", 80000),
]


class TestAllocate:
    def test_settles_the_oldest_season_first(self) -> None:
        result = allocate(200000, OWED)
        assert result.shares == (
            Share("a", "2023-2024", 50000, 0),
            Share("b", "2024-2025", 80000, 0),
            Share("c", "2025-2026", 70000, 92000),
        )
        assert result.advance_fen == 0

    def test_the_rest_is_an_advance(self) -> None:
        result = allocate(300000, OWED)
        assert [share.owed_fen for share in result.shares] == [0, 0, 0]
        assert result.advance_fen == 8000

    def test_without_debts_all_is_an_advance(self) -> None:
        result = allocate(100, list[Receivable[str]]())
        assert (result.shares, result.advance_fen) == ((), 100)

    def test_untouched_debts_are_still_told(self) -> None:
        result = allocate(1, OWED)
        assert [(share.paid_fen, share.owed_fen) for share in result.shares] == [
            (1, 49999),
            (0, 80000),
            (0, 162000),
        ]
        assert [share.key for share in result.paid] == ["a"]

    def test_nothing_paid_moves_nothing(self) -> None:
        assert allocate(0, OWED).paid == ()

    def test_equal_seasons_keep_their_order(self) -> None:
        late_fee_first = [Receivable(key, "2024-2025", 10) for key in ("late fee", "principal")]
        assert [share.key for share in allocate(15, late_fee_first).shares] == [
            "late fee",
            "principal",
        ]

    def test_refuses_negative_money(self) -> None:
        with pytest.raises(ValueError, match="付款金额为负"):
            allocate(-1, OWED)
        with pytest.raises(ValueError, match="应收金额为负"):
            allocate(1, [Receivable(1, "2024-2025", -1)])

    def test_explains_itself(self) -> None:
        assert allocate(60000, OWED[1:2]).explain() == (
            "2023-2024 采暖季：支付 500.00 元，尚欠 0.00 元\n预存 100.00 元"
        )

    @given(
        st.integers(0, 10**9),
        st.lists(st.tuples(st.integers(1990, 2040), st.integers(0, 10**6))),
    )
    def test_no_fen_is_lost_and_no_younger_season_paid_before_an_older(
        self, payment: int, owed: list[tuple[int, int]]
    ) -> None:
        receivables = [
            Receivable(n, f"{year}-{year + 1}", fen) for n, (year, fen) in enumerate(owed)
        ]
        result = allocate(payment, receivables)
        assert sum(share.paid_fen for share in result.shares) + result.advance_fen == payment
        assert {share.key: share.paid_fen + share.owed_fen for share in result.shares} == {
            receivable.key: receivable.amount_fen for receivable in receivables
        }
        open_seasons = [season_order(share.season) for share in result.shares if share.owed_fen]
        paid_seasons = [season_order(share.season) for share in result.paid]
        if open_seasons:
            assert result.advance_fen == 0
            assert all(paid <= open_seasons[0] for paid in paid_seasons)


class TestSeasonOrder:
    @pytest.mark.parametrize(
        "labels",
        [
            ["1999-2000", "2000-2001", "2023-2024"],
            ["2023/2024", "2024—2025采暖季", "2025-2026"],
            ["采暖季2023-2024", "2024-2025"],
        ],
    )
    def test_is_by_the_first_year(self, labels: list[str]) -> None:
        assert sorted(labels, key=season_order) == labels

    def test_refuses_a_label_without_a_year(self) -> None:
        with pytest.raises(ValueError, match="没有年份"):
            season_order("去年")
