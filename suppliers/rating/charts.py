"""The geometry of the rating's charts, which the templates draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin

from office.language import Text


@dataclass(frozen=True)
class Corner:
    """A dimension on its axis: where its name stands, the end of the axis and the score's point."""

    name: Text
    value: Decimal | None
    end: tuple[str, str]
    point: tuple[str, str]
    label: tuple[str, str]
    anchor: str


@dataclass(frozen=True)
class Pentagon:
    """A chart of five scores: rings at 20 to 100 percent and the polygon of the scores."""

    rings: list[str]
    corners: list[Corner]
    polygon: str


@dataclass(frozen=True)
class Bar:
    """A column with its place, its height in the chart's units, and what it says."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    label: str
    figure: str
    kind: str = ""


_CENTRE = 150.0, 120.0
_RADIUS = 84.0


def pentagon(scores: Sequence[tuple[Text, Decimal | None]]) -> Pentagon:
    """Returns the chart of dimensions with their scores in percent; a missing score lies at 0."""
    count = len(scores)
    corners = []
    for number, (name, value) in enumerate(scores):
        label = _at(number, count, 1.18)
        across = float(label[0]) - _CENTRE[0]
        corners.append(
            Corner(
                name,
                value,
                _at(number, count, 1.0),
                _at(number, count, float(value or 0) / 100),
                label,
                "middle" if abs(across) < 5 else "start" if across > 0 else "end",
            )
        )
    rings = [
        " ".join(",".join(_at(number, count, part / 5)) for number in range(count))
        for part in range(1, 6)
    ]
    return Pentagon(rings, corners, " ".join(",".join(corner.point) for corner in corners))


def columns(
    figures: Sequence[tuple[str, Decimal | int | None, str]],
    *,
    width: float = 520,
    height: float = 150,
    highest: Decimal | int | None = None,
) -> list[Bar]:
    """Returns a column for each figure (label, height, kind); None gives a column of no height."""
    top = highest or max([figure or 0 for _, figure, _ in figures], default=0) or 1
    step = width / max(len(figures), 1)
    bars = []
    for number, (label, figure, kind) in enumerate(figures):
        tall = float(figure or 0) / float(top) * height
        # A narrow chart of two years needs no columns as wide as a hand.
        wide = min(step * 0.7, 60)
        middle = step * (number + 0.5)
        bars.append(
            Bar(
                f"{middle - wide / 2:.1f}",
                f"{height + 16 - tall:.1f}",
                f"{wide:.1f}",
                f"{tall:.1f}",
                f"{middle:.1f}",
                label,
                "—" if figure is None else str(figure),
                kind,
            )
        )
    return bars


def _at(number: int, count: int, share: float) -> tuple[str, str]:
    """Returns a point on an axis; the first axis points up, the others follow clockwise."""
    angle = 2 * pi * number / count - pi / 2
    x, y = _CENTRE
    return (
        f"{x + cos(angle) * _RADIUS * share:.1f}",
        f"{y + sin(angle) * _RADIUS * share:.1f}",
    )
