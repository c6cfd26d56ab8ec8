"""The annual rating as pure arithmetic: a year's record and dated terms give scores and a class.

Scores, weights and bounds are percent. Every quotient stays exact (`Fraction`) until it is rounded
HALF_UP to two decimals, once for each score and once for the total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from office.money import exact, round_half_up
from suppliers.dimensions import Dimension, RatingClass, WithoutData

HUNDRED = Decimal(100)
NOTHING: Mapping[Dimension, Decimal] = MappingProxyType({})


@dataclass(frozen=True)
class RatingTerms:
    """A dated rating rule: what counts how much and where the classes begin.

    `weights` sum to 100. `panel_share` is the part of a score that the panel gives, in percent;
    `without_data` says what a dimension without a score does to the total. Both bounds are
    inclusive; `excellent_needs` holds least scores by dimension. Raises ValueError with the reason
    when the terms contradict themselves.
    """

    weights: Mapping[Dimension, Decimal]
    qualified_from: Decimal
    excellent_from: Decimal
    panel_share: Mapping[Dimension, Decimal] = field(default_factory=lambda: NOTHING)
    without_data: Mapping[Dimension, WithoutData] = field(
        default_factory=lambda: MappingProxyType({})
    )
    excellent_needs: Mapping[Dimension, Decimal] = field(default_factory=lambda: NOTHING)
    grace_days: int = 0

    def __post_init__(self) -> None:
        missing = [dimension.value for dimension in Dimension if dimension not in self.weights]
        if missing:
            raise ValueError(f"权重缺少：{'、'.join(missing)}")
        percentages = (
            *self.weights.values(),
            *self.panel_share.values(),
            *self.excellent_needs.values(),
            self.qualified_from,
            self.excellent_from,
        )
        if any(not 0 <= percentage <= HUNDRED for percentage in percentages):
            raise ValueError("权重、评审占比和分数线须在0到100之间")
        with exact():
            total = sum(self.weights.values(), Decimal(0))
        if total != HUNDRED:
            raise ValueError(f"五项权重之和须为100，现为{total:f}")
        if self.qualified_from > self.excellent_from:
            raise ValueError("优秀线不能低于合格线")


@dataclass(frozen=True)
class Ratio:
    """What the record says of one dimension, before any division; zero below means no data.

    `rows` is how many entries were counted.
    """

    numerator: Decimal
    denominator: Decimal
    rows: int = 0


@dataclass(frozen=True)
class Score:
    """The score of one dimension in percent with the figures it was made of.

    `value` is None where a part that counts is missing; `weight` is the weight in the rule.
    """

    dimension: Dimension
    weight: Decimal
    ratio: Ratio | None
    panel_share: Decimal
    panel_scores: tuple[Decimal, ...]
    value: Decimal | None


@dataclass(frozen=True)
class Rating:
    """The scores of a year, their weighted total (None: not rated) and the class."""

    scores: tuple[Score, ...]
    total: Decimal | None
    rating_class: RatingClass

    def value(self, dimension: Dimension) -> Decimal | None:
        """Returns the score of a dimension in percent; None without data."""
        return next(score.value for score in self.scores if score.dimension == dimension)


def rate(
    terms: RatingTerms,
    ratios: Mapping[Dimension, Ratio],
    panel: Mapping[Dimension, Sequence[Decimal]],
) -> Rating:
    """Rates one supplier's year.

    `ratios` come from the supply record, `panel` holds the panel members' scores in percent.
    """
    scores = tuple(
        _score(terms, dimension, ratios.get(dimension), tuple(panel.get(dimension, ())))
        for dimension in Dimension
    )
    total = _total(terms, scores)
    return Rating(scores, total, _class(terms, scores, total))


def _score(
    terms: RatingTerms, dimension: Dimension, ratio: Ratio | None, panel_scores: tuple[Decimal, ...]
) -> Score:
    if any(not 0 <= panel_score <= HUNDRED for panel_score in panel_scores):
        raise ValueError(f"评审分数须在0到100之间：{dimension.value}")
    if ratio is not None and not ratio.denominator:
        ratio = None
    share = terms.panel_share.get(dimension, Decimal(0))
    value = _mixed(ratio, Fraction(share) / 100, panel_scores)
    weight = terms.weights[dimension]
    return Score(dimension, weight, ratio, share, panel_scores, value)


def _mixed(
    ratio: Ratio | None, share: Fraction, panel_scores: tuple[Decimal, ...]
) -> Decimal | None:
    """Returns computed × (1 − share) + mean of the panel × share, or None when a part is missing.

    A part whose share is nothing is not needed.
    """
    unrounded = Fraction(0)
    if share < 1:
        if ratio is None:
            return None
        unrounded += Fraction(ratio.numerator) / Fraction(ratio.denominator) * 100 * (1 - share)
    if share > 0:
        if not panel_scores:
            return None
        unrounded += sum(map(Fraction, panel_scores), Fraction(0)) / len(panel_scores) * share
    return _two_decimals(unrounded)


def _total(terms: RatingTerms, scores: Sequence[Score]) -> Decimal | None:
    """Returns Σ weight × score / Σ weights over the scores there are; None where it may not be."""
    needed = [
        score
        for score in scores
        if terms.without_data.get(score.dimension, WithoutData.NOT_RATED) != WithoutData.SPREAD
    ]
    if any(score.value is None for score in needed):
        return None
    pairs = [
        (Fraction(score.weight), Fraction(score.value))
        for score in scores
        if score.value is not None
    ]
    weights = sum(weight for weight, _ in pairs)
    if not weights:
        return None
    return _two_decimals(sum((weight * value for weight, value in pairs), Fraction(0)) / weights)


def _class(terms: RatingTerms, scores: Sequence[Score], total: Decimal | None) -> RatingClass:
    """Returns the class of a total; an excellent one also needs its least score by dimension."""
    if total is None:
        return RatingClass.NOT_RATED
    values = {score.dimension: score.value for score in scores}
    needs_met = all(
        (value := values[dimension]) is not None and value >= least
        for dimension, least in terms.excellent_needs.items()
    )
    if total >= terms.excellent_from and needs_met:
        return RatingClass.EXCELLENT
    return RatingClass.QUALIFIED if total >= terms.qualified_from else RatingClass.UNQUALIFIED


def _two_decimals(percent: Fraction) -> Decimal:
    """Returns the percentage rounded HALF_UP to two decimals."""
    return Decimal(round_half_up(percent * 100)).scaleb(-2)
