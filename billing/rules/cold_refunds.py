"""低温退费: the refund of a part of the fee for days on which the rooms were too cold.

    refund = round(fee × (1 − basic_share) × area_share × Σ (days × band's refund) / season_days, 2)

`basic_share` counts with base `less_basic` only. A reading takes the first band that contains its
temperature; a reading outside all bands gives no refund.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from office.money import exact, round_fen, yuan, yuan_text

FULL = "full"
LESS_BASIC = "less_basic"
BASES = (FULL, LESS_BASIC)


@dataclass(frozen=True)
class ColdBand:
    """A range of °C with the share given back; each end says whether its bound belongs to it."""

    refund: Decimal
    at_least: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    at_most: Decimal | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.refund <= 1:
            raise ValueError("退费比例须在 0 与 1 之间")
        lows = [bound for bound in (self.at_least, self.above) if bound is not None]
        highs = [bound for bound in (self.below, self.at_most) if bound is not None]
        if lows and highs and not self._has_room(max(lows), min(highs)):
            raise ValueError("温度档的下限高于上限")

    def _has_room(self, low: Decimal, high: Decimal) -> bool:
        return low < high or self.contains(low)

    def contains(self, temperature: Decimal) -> bool:
        """Returns whether the temperature lies in this range."""
        return (
            (self.at_least is None or temperature >= self.at_least)
            and (self.above is None or temperature > self.above)
            and (self.below is None or temperature < self.below)
            and (self.at_most is None or temperature <= self.at_most)
        )


@dataclass(frozen=True)
class ColdReading:
    """A temperature in °C over a number of days; `hours` is a duration of this reading's own."""

    days: Decimal
    temperature: Decimal
    hours: Decimal | None = None

    def __post_init__(self) -> None:
        if self.days < 0:
            raise ValueError("低温天数为负")
        if self.hours is not None and self.hours < 0:
            raise ValueError("低温小时数为负")


@dataclass(frozen=True)
class ColdRefundTerms:
    """A city's refund rule; less than `minimum_hours` gives nothing, exactly so long counts."""

    season_days: int
    base: str
    bands: tuple[ColdBand, ...]
    basic_share: Decimal = Decimal(0)
    minimum_hours: Decimal | None = None

    def __post_init__(self) -> None:
        if self.season_days < 1:
            raise ValueError("采暖季天数须大于零")
        if self.base not in BASES:
            raise ValueError(f"退费基数不认识：{self.base}")
        if not 0 <= self.basic_share <= 1:
            raise ValueError("基本热费比例须在 0 与 1 之间")
        if self.minimum_hours is not None and self.minimum_hours < 0:
            raise ValueError("最短小时数为负")

    def band_of(self, temperature: Decimal) -> ColdBand | None:
        """Returns the first band that contains the temperature, or None."""
        return next((band for band in self.bands if band.contains(temperature)), None)


@dataclass(frozen=True)
class ColdRefundLine:
    """One reading and the share of the day's fee that it gives back."""

    days: Decimal
    temperature: Decimal
    refund: Decimal
    too_short: bool

    def explain(self) -> str:
        """Returns the line as a sentence."""
        reason = "，未达最短时长" if self.too_short else ""
        return f"{self.days:f} 日 {self.temperature:f} °C：退 {self.refund * 100:f}%{reason}"


@dataclass(frozen=True)
class ColdRefund:
    """The credit in fen, with the lines it is the sum of."""

    amount_fen: int
    fee_fen: int
    lines: tuple[ColdRefundLine, ...]
    terms: ColdRefundTerms
    area_share: Decimal

    def explain(self) -> str:
        """Returns the calculation as text, a line per reading."""
        base = f"{yuan_text(self.fee_fen)} 元"
        if self.terms.base == LESS_BASIC:
            base += f" × (1 − {self.terms.basic_share:f})"
        if self.area_share != 1:
            base += f" × 受影响面积 {self.area_share * 100:f}%"
        lines = [line.explain() for line in self.lines]
        return "\n".join(
            [
                f"退费基数 {base}，采暖季 {self.terms.season_days} 日",
                *lines,
                f"应退 {yuan_text(self.amount_fen)} 元",
            ]
        )


def cold_refund(
    fee_fen: int,
    terms: ColdRefundTerms,
    readings: Sequence[ColdReading],
    *,
    area_share: Decimal = Decimal(1),
    hours: Decimal | None = None,
) -> ColdRefund:
    """Returns the credit in fen for readings that were signed.

    `hours` is the duration of readings without one of their own. Raises ValueError for figures that
    cannot be.
    """
    if fee_fen < 0:
        raise ValueError("热费为负")
    if not 0 <= area_share <= 1:
        raise ValueError("受影响面积比例须在 0 与 1 之间")
    if hours is not None and hours < 0:
        raise ValueError("低温小时数为负")
    with exact():
        if sum(reading.days for reading in readings) > terms.season_days:
            raise ValueError("低温天数超过采暖季天数")
        lines = tuple(_line(terms, reading, hours) for reading in readings)
        share = 1 - terms.basic_share if terms.base == LESS_BASIC else Decimal(1)
        days = sum((line.days * line.refund for line in lines), Decimal(0))
        amount = round_fen(yuan(fee_fen) * share * area_share * days, terms.season_days)
    return ColdRefund(amount, fee_fen, lines, terms, area_share)


def _line(terms: ColdRefundTerms, reading: ColdReading, hours: Decimal | None) -> ColdRefundLine:
    too_short = False
    if terms.minimum_hours is not None:
        duration = hours if reading.hours is None else reading.hours
        if duration is None:
            raise ValueError("规定了最短小时数，须写明低温小时数")
        too_short = duration < terms.minimum_hours
    band = terms.band_of(reading.temperature)
    refund = band.refund if band and not too_short else Decimal(0)
    return ColdRefundLine(reading.days, reading.temperature, refund, too_short)
