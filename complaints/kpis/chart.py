"""Charts for paper: bars as SVG, drawn from numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT, LEFT = 500, 110, 14, 30


@dataclass(frozen=True)
class Bar:
    """A bar; without a height it has no value and leaves a gap."""

    label: str
    height: float | None


@dataclass(frozen=True)
class DrawnBar:
    """The position of a bar in the drawing."""

    label: str
    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True)
class BarChart:
    """A drawing with its highest value; the template turns it into SVG."""

    bars: list[DrawnBar]
    highest: float
    width: int = WIDTH
    height: int = HEIGHT + FOOT

    @property
    def middle(self) -> float:
        return self.highest / 2

    @property
    def ground(self) -> int:
        return HEIGHT


def bar_chart(bars: Sequence[Bar], *, highest: float | None = None) -> BarChart:
    """Returns bars side by side; the highest one fills the drawing."""
    top = highest or max([1.0, *(bar.height or 0.0 for bar in bars)])
    step = (WIDTH - LEFT) / max(1, len(bars))
    drawn = []
    for place, bar in enumerate(bars):
        height = round((HEIGHT - 8) * (bar.height or 0) / top, 2)
        x = round(LEFT + place * step + step * 0.15, 2)
        drawn.append(
            DrawnBar(
                label=bar.label,
                x=x,
                y=round(HEIGHT - height, 2),
                width=round(step * 0.7, 2),
                height=height,
                middle=round(x + step * 0.35, 2),
            )
        )
    return BarChart(drawn, top)
