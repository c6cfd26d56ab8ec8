"""The comparison on equal terms, added up by hand: a pure rule that explains itself."""

from decimal import Decimal
from typing import Any

import pytest

from suppliers.sourcing.comparison import Asked, Terms, compare

ELBOW = Asked(1, "弯头", Decimal("10.000"), "件")
PIPE = Asked(2, "钢管", Decimal("2.500"), "吨")


def terms(offer: int, *prices: int, **given: Any) -> Terms:
    """An offer without tax and freight, of a supplier that is named after it."""
    values: dict[str, Any] = {
        "offer": offer,
        "supplier": f"供应商{offer}",
        "prices": dict(zip((1, 2), prices, strict=True)),
        "with_tax": False,
        "vat_rate": Decimal("0.1300"),
        "freight_fen": 0,
        "delivery_days": 15,
    }
    return Terms(**(values | given))


def test_tax_freight_and_quantity_are_brought_to_one_basis() -> None:
    # With tax: 113.00 ÷ 1.13 = 100.00 × 10 = 1,000.00; 1,000.01 ÷ 1.13 = 884.96 × 2.5 = 2,212.40.
    # Without: 99.00 × 10 = 990.00; 885.00 × 2.5 = 2,212.50; freight 30.00.
    best, second = compare(
        [ELBOW, PIPE],
        [terms(1, 9900, 88500, freight_fen=3000), terms(2, 11300, 100001, with_tax=True)],
    )
    assert (best.terms.offer, best.rank, best.total_fen) == (2, 1, 321240)
    assert (second.terms.offer, second.rank, second.total_fen) == (1, 2, 323250)
    assert [line.working for line in best.lines.values()] == [
        "113.00 ÷ 1.13 = 100.00 × 10",
        "1,000.01 ÷ 1.13 = 884.96 × 2.5",
    ]
    assert best.working == "1,000.00 + 2,212.40 + 0.00 = 3,212.40"
    assert second.working == "990.00 + 2,212.50 + 30.00 = 3,232.50"
    assert [line.is_lowest for line in second.lines.values()] == [True, False]


@pytest.mark.parametrize(
    ("share", "ranks", "compared"),
    [
        # 103.00 × (1 − 2 %) = 100.94: still dearer. At 3 % 99.91 goes before 100.00.
        ("0", [(1, 1), (2, 2)], 10300),
        ("0.02", [(1, 1), (2, 2)], 10094),
        ("0.03", [(2, 1), (1, 2)], 9991),
    ],
)
def test_priority_moves_the_rank_and_not_the_price(
    share: str, ranks: list[tuple[int, int]], compared: int
) -> None:
    elbow = Asked(1, "弯头", Decimal(1), "件")
    offers = compare(
        [elbow],
        [
            terms(1, 10000, 0, prices={1: 10000}),
            terms(2, 10300, 0, prices={1: 10300}, priority=Decimal(share)),
        ],
    )
    assert [(row.terms.offer, row.rank) for row in offers] == ranks
    excellent = next(row for row in offers if row.terms.offer == 2)
    assert (excellent.total_fen, excellent.compared_fen) == (10300, compared)
    assert ("× (1 − 3%) = 99.91" in excellent.priority_working) == (share == "0.03")


def test_equal_totals_share_a_rank() -> None:
    elbow = Asked(1, "弯头", Decimal(1), "件")
    offers = [terms(n, 0, 0, prices={1: price}) for n, price in enumerate((5, 4, 4))]
    rows = compare([elbow], offers)
    assert [(row.terms.offer, row.rank) for row in rows] == [(1, 1), (2, 1), (0, 3)]


def test_no_offers_no_rows() -> None:
    assert compare([ELBOW], []) == []
