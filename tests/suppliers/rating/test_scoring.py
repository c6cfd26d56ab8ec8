"""The rating rules at their edges, each figure reckoned by hand."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from suppliers.dimensions import Dimension, RatingClass, WithoutData
from suppliers.rating.scoring import RatingTerms, Ratio, rate

WEIGHTS = dict(zip(Dimension, map(Decimal, (40, 20, 20, 10, 10)), strict=True))


def terms(**changes: object) -> RatingTerms:
    defaults: dict[str, object] = {
        "weights": WEIGHTS,
        "qualified_from": Decimal(60),
        "excellent_from": Decimal(90),
    }
    return RatingTerms(**(defaults | changes))  # type: ignore[arg-type]


def all_at(percent: str) -> Mapping[Dimension, Ratio]:
    return {dimension: Ratio(Decimal(percent), Decimal(100)) for dimension in Dimension}


@pytest.mark.parametrize(
    ("percent", "rating_class"),
    [
        ("59.99", RatingClass.UNQUALIFIED),
        ("60", RatingClass.QUALIFIED),
        ("89.99", RatingClass.QUALIFIED),
        ("90", RatingClass.EXCELLENT),
        ("100", RatingClass.EXCELLENT),
        ("0", RatingClass.UNQUALIFIED),
    ],
)
def test_every_total_lies_in_exactly_one_class(percent: str, rating_class: RatingClass) -> None:
    rating = rate(terms(), all_at(percent), {})
    assert (rating.total, rating.rating_class) == (Decimal(percent), rating_class)


def test_no_data_is_not_rated_even_where_every_weight_may_be_spread() -> None:
    spread = dict.fromkeys(Dimension, WithoutData.SPREAD)
    rating = rate(terms(without_data=spread), {}, {})
    assert (rating.total, rating.rating_class) == (None, RatingClass.NOT_RATED)
    assert [score.value for score in rating.scores] == [None] * 5


def test_a_denominator_of_zero_is_no_data() -> None:
    ratios = {**all_at("100"), Dimension.AFTER_SALES: Ratio(Decimal(0), Decimal(0))}
    assert rate(terms(), ratios, {}).rating_class == RatingClass.NOT_RATED
    spread = terms(without_data={Dimension.AFTER_SALES: WithoutData.SPREAD})
    rating = rate(spread, ratios, {})
    assert (rating.total, rating.rating_class) == (Decimal(100), RatingClass.EXCELLENT)


def test_scores_are_rounded_half_up_once_and_the_total_is_made_of_them() -> None:
    # 2/3 of 100 is 66.666…: 66.67. 40 × 66.67 + 60 × 100 = 8,666.8 → 86.668 → 86.67.
    ratios = {**all_at("100"), Dimension.QUALITY: Ratio(Decimal(2), Decimal(3))}
    rating = rate(terms(), ratios, {})
    assert rating.value(Dimension.QUALITY) == Decimal("66.67")
    assert rating.total == Decimal("86.67")


def test_half_a_hundredth_is_rounded_up() -> None:
    ratios = {**all_at("100"), Dimension.QUALITY: Ratio(Decimal("0.99985"), Decimal(1))}
    assert rate(terms(), ratios, {}).value(Dimension.QUALITY) == Decimal("99.99")


def test_who_is_excellent_needs_a_score_in_each_named_dimension() -> None:
    ratios = {**all_at("100")}
    del ratios[Dimension.AFTER_SALES]
    rule = terms(
        without_data={Dimension.AFTER_SALES: WithoutData.SPREAD},
        excellent_needs={Dimension.AFTER_SALES: Decimal(0)},
    )
    assert rate(rule, ratios, {}).rating_class == RatingClass.QUALIFIED


def test_a_score_keeps_what_it_was_made_of() -> None:
    rule = terms(panel_share={Dimension.QUALITY: Decimal(25)})
    score = rate(rule, all_at("80"), {Dimension.QUALITY: [Decimal(90), Decimal(95)]}).scores[0]
    assert score.ratio == Ratio(Decimal(80), Decimal(100))
    assert score.panel_scores == (Decimal(90), Decimal(95))
    # 80 × 0.75 + 92.5 × 0.25 = 83.125, half up.
    assert (score.weight, score.panel_share, score.value) == (
        Decimal(40),
        Decimal(25),
        Decimal("83.13"),
    )


def test_weights_for_every_dimension_are_asked_for() -> None:
    with pytest.raises(ValueError, match="权重缺少：price"):
        terms(weights={d: w for d, w in WEIGHTS.items() if d != Dimension.PRICE})
