"""The panel's review face to face as pure arithmetic: from sheets to points, from points to a
class."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from office.money import round_half_up
from suppliers.dimensions import Aspect, Dimension, RatingClass
from suppliers.rating.scoring import Rating


@dataclass(frozen=True)
class SheetPoints:
    """What one member of the panel gave one supplier, in percent, and for which department."""

    department: str
    aspects: Mapping[Aspect, Decimal]
    dimensions: Mapping[Dimension, Decimal]


def mean_points(sheets: Sequence[SheetPoints]) -> Decimal | None:
    """Returns the mean of all aspects on all sheets, rounded HALF_UP once to two decimals.

    Returns None without a sheet.
    """
    return mean_of([points for sheet in sheets for points in sheet.aspects.values()])


def dimension_points(sheets: Iterable[SheetPoints]) -> dict[Dimension, list[Decimal]]:
    """Returns the points of each dimension that the sheets judge, as `rate` takes them."""
    points: dict[Dimension, list[Decimal]] = {}
    for sheet in sheets:
        for dimension, sheet_points in sheet.dimensions.items():
            points.setdefault(dimension, []).append(sheet_points)
    return points


def mean_of(points: Sequence[Decimal]) -> Decimal | None:
    """Returns the mean, rounded HALF_UP once to two decimals; None of nothing."""
    if not points:
        return None
    mean = sum(map(Fraction, points), Fraction(0)) / len(points)
    return Decimal(round_half_up(mean * 100)).scaleb(-2)


def class_after_panel(
    rating: Rating, panel_points: Decimal | None, panel_from: Decimal
) -> RatingClass:
    """Returns the class once the panel has spoken: who does not convince it is not qualified.

    The bound is inclusive. The panel lifts nobody whose record falls short.
    """
    if rating.rating_class in (RatingClass.NOT_RATED, RatingClass.UNQUALIFIED):
        return rating.rating_class
    if panel_points is None or panel_points < panel_from:
        return RatingClass.UNQUALIFIED
    return rating.rating_class


def needs_panel(rating: Rating, *, panel_counts: bool) -> bool:
    """Returns whether the panel has to see the supplier.

    It sees whoever the record alone would qualify and, where a dimension is the panel's in part
    (`panel_counts`), everybody with an entry in the record.
    """
    if panel_counts:
        return any(score.ratio is not None for score in rating.scores)
    return rating.rating_class in (RatingClass.QUALIFIED, RatingClass.EXCELLENT)
