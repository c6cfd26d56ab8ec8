"""Figures: numerator and denominator whole, percentiles exact; rounded only where people read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from complaints.measures import KPIS, Form, Kpi, Measure


@dataclass(frozen=True)
class Count:
    """What was counted of one measure and kind of ticket."""

    measure: str
    kind: str
    denominator: int
    numerator: int


@dataclass(frozen=True)
class Times:
    """The minutes that half and nine tenths of the counted tickets did not exceed."""

    p50: int
    p90: int


@dataclass(frozen=True)
class Figure:
    """One figure of one scope and period."""

    kpi: Kpi
    numerator: int
    denominator: int
    times: Times | None = None

    @property
    def text(self) -> str:
        """As people read it: a number, per cent with one decimal, or minutes at p50 / p90."""
        if self.kpi.form is Form.COUNT:
            return f"{self.denominator:,}"
        if self.kpi.form is Form.MINUTES:
            return f"{self.times.p50:,} / {self.times.p90:,}" if self.times else "—"
        return f"{self.tenths // 10}.{self.tenths % 10}%" if self.denominator else "—"

    @property
    def whole(self) -> str:
        """With numerator and denominator, which a share alone would hide."""
        if self.kpi.form is Form.RATIO:
            return f"{self.numerator}/{self.denominator}（{self.text}）"
        return self.text

    @property
    def tenths(self) -> int:
        """Per mille, rounded half up, in integers."""
        whole = max(1, self.denominator)
        return (2000 * self.numerator + whole) // (2 * whole)

    @property
    def known(self) -> bool:
        """Whether there is anything to say: a share of nothing is no share."""
        if self.kpi.form is Form.MINUTES:
            return self.times is not None
        return self.kpi.form is Form.COUNT or self.denominator > 0

    @property
    def height(self) -> float | None:
        """How high it stands in a chart; nothing where it is not known."""
        if not self.known:
            return None
        if self.kpi.form is Form.RATIO:
            return self.tenths / 10
        return float(self.times.p90 if self.times else self.denominator)

    def kept(self) -> dict[str, int]:
        """As a correction keeps it."""
        whole = {"numerator": self.numerator, "denominator": self.denominator}
        return whole | ({"p50": self.times.p50, "p90": self.times.p90} if self.times else {})


def read_kept(kpi: Kpi, kept: Mapping[str, Any]) -> Figure:
    """The figure that `Figure.kept` wrote down."""
    times = Times(kept["p50"], kept["p90"]) if "p50" in kept else None
    return Figure(kpi, kept["numerator"], kept["denominator"], times)


def figures_of(counts: Iterable[Count], times: Mapping[str, Times]) -> dict[str, Figure]:
    """Every figure by its code, from what was counted and the percentiles by measure."""
    rows = list(counts)
    return {kpi.code: _figure(kpi, rows, times) for kpi in KPIS}


def _figure(kpi: Kpi, counts: list[Count], times: Mapping[str, Times]) -> Figure:
    mine = [row for row in counts if kpi.kind is None or row.kind == kpi.kind]
    denominator = sum(row.denominator for row in mine if row.measure == kpi.measure)
    if kpi.above is not None:
        numerator = sum(row.denominator for row in mine if row.measure == kpi.above)
    else:
        numerator = sum(row.numerator for row in mine if row.measure == kpi.measure)
    known = times.get(kpi.measure) if kpi.form is Form.MINUTES else None
    return Figure(kpi, numerator, denominator, known)


TIMED = (Measure.RESPONSE, Measure.SOLVED)
