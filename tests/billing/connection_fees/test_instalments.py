"""What was paid covers the schedule from its earliest day on: a table without a database."""

from datetime import date

import pytest

from billing.connection_fees.instalments import Instalment, cover

MAY, SEPTEMBER = date(2026, 5, 1), date(2026, 9, 1)


@pytest.mark.parametrize(
    ("paid_fen", "expected"),
    [
        (0, [(0, 600), (0, 400)]),
        (250, [(250, 350), (0, 400)]),
        (600, [(600, 0), (0, 400)]),
        (999, [(600, 0), (399, 1)]),
        (1_000, [(600, 0), (400, 0)]),
        (1_200, [(600, 0), (400, 0)]),
        (-1, [(0, 600), (0, 400)]),
    ],
)
def test_the_earliest_instalment_is_paid_first(
    paid_fen: int, expected: list[tuple[int, int]]
) -> None:
    covered = cover([(SEPTEMBER, 400), (MAY, 600)], paid_fen)
    assert [item.due_on for item in covered] == [MAY, SEPTEMBER]
    assert [(item.paid_fen, item.open_fen) for item in covered] == expected


def test_overdue_is_what_is_open_after_its_day() -> None:
    assert not Instalment(MAY, 600).is_overdue(MAY)
    assert Instalment(MAY, 600, 599).is_overdue(date(2026, 5, 2))
    assert not Instalment(MAY, 600, 600).is_overdue(SEPTEMBER)
