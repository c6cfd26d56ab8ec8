"""Arithmetic of figures: whole numerators and denominators, exact percentiles.

Figures are rounded only for display.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from complaints.measures import KPIS, Form, Kpi, Measure


@dataclass(frozen=True)
class Count:
    """The count of one measure and one kind of ticket."""

    measure: str
    kind: str
    denominator: int
    numerator: int


@dataclass(frozen=True)
class Times:
    """Percentiles p50 and p90 of the counted minutes."""

    p50: int
    p90: int


@dataclass(frozen=True)
class Figure:
    """A figure of one scope and period."""

    kpi: Kpi
    numerator: int
    denominator: int
    times: Times | None = None

    @property
    def text(self) -> str:
        """Returns the figure for display: a number, a per cent with one decimal, or minutes p50 /
        p90.
        """
        if self.kpi.form is Form.COUNT:
            return f"{self.denominator:,}"
        if self.kpi.form is Form.MINUTES:
            return f"{self.times.p50:,} / {self.times.p90:,}" if self.times else "—"
        return f"{self.tenths // 10}.{self.tenths % 10}%" if self.denominator else "—"

    @property
    def whole(self) -> str:
        """Returns the figure with numerator and denominator, which a share alone would hide."""
        if self.kpi.form is Form.RATIO:
            return f"{self.numerator}/{self.denominator}（{self.text}）"
        return self.text

    @property
    def tenths(self) -> int:
        """Returns the share per mille as an integer, rounded half up."""
        whole = max(1, self.denominator)
        return (2000 * self.numerator + whole) // (2 * whole)

    @property
    def has_value(self) -> bool:
        """Returns whether the figure has a value; a share of an empty set has none."""
        if self.kpi.form is Form.MINUTES:
            return self.times is not None
        return self.kpi.form is Form.COUNT or self.denominator > 0

    @property
    def height(self) -> float | None:
        """Returns the height in a chart; None without a value."""
        if not self.has_value:
            return None
        if self.kpi.form is Form.RATIO:
            return self.tenths / 10
        return float(self.times.p90 if self.times else self.denominator)

    def as_stored(self) -> dict[str, int]:
        """Returns the figure in the form that a correction stores."""
        whole = {"numerator": self.numerator, "denominator": self.denominator}
        return whole | ({"p50": self.times.p50, "p90": self.times.p90} if self.times else {})


def read_kept(kpi: Kpi, stored: Mapping[str, Any]) -> Figure:
    """Reads a figure in the form that `Figure.as_stored` returns."""
    times = Times(stored["p50"], stored["p90"]) if "p50" in stored else None
    return Figure(kpi, stored["numerator"], stored["denominator"], times)


def figures_of(counts: Iterable[Count], times: Mapping[str, Times]) -> dict[str, Figure]:
    """Returns every figure by its code, from counts and percentiles by measure."""
    rows = list(counts)
    return {kpi.code: _figure(kpi, rows, times) for kpi in KPIS}


def _figure(kpi: Kpi, counts: list[Count], times: Mapping[str, Times]) -> Figure:
    """Returns one figure; `above` names a second measure whose rows are the numerator."""
    own_counts = [row for row in counts if kpi.kind is None or row.kind == kpi.kind]
    denominator = sum(row.denominator for row in own_counts if row.measure == kpi.measure)
    if kpi.above is not None:
        numerator = sum(row.denominator for row in own_counts if row.measure == kpi.above)
    else:
        numerator = sum(row.numerator for row in own_counts if row.measure == kpi.measure)
    percentiles = times.get(kpi.measure) if kpi.form is Form.MINUTES else None
    return Figure(kpi, numerator, denominator, percentiles)


TIMED = (Measure.RESPONSE, Measure.SOLVED)
