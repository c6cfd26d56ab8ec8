"""Readings of heat meters (热表): the heat between two of them, and the heat of a period.

A meter shows a register that only grows; its size in digits says after which number it begins at 0
again. Readings are in the meter's own unit and are never converted; a correction factor multiplies
differences. Periods are half-open: from the day `opens` until the day `closes`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from office.money import exact


class BackwardReading(ValueError):
    """A reading below an earlier one where the register cannot have begun at 0 again."""


class HeatUnknown(ValueError):
    """The readings do not say what a period used; the text says which reading is missing."""


@dataclass(frozen=True)
class RegisterReading:
    """What a register showed on a day; an estimate is overruled by any true reading after it."""

    on: date
    value: Decimal
    is_estimate: bool = False


@dataclass(frozen=True)
class MeterTerms:
    """What a meter is: its number, unit, digits of the register if on record, and factor."""

    number: str
    unit: str
    register_digits: int | None = None
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class MeterHistory:
    """A meter with its accepted readings; `removed_on` is None while it is in use.

    The reading on `installed_on` is the start and the one on `removed_on` the final reading.
    """

    terms: MeterTerms
    installed_on: date
    removed_on: date | None
    readings: Sequence[RegisterReading]


@dataclass(frozen=True)
class HeatPart:
    """The heat of one meter between two readings, with the arithmetic."""

    meter: MeterTerms
    opening: RegisterReading
    closing: RegisterReading
    difference: Decimal

    @property
    def amount(self) -> Decimal:
        """Returns the heat in the meter's unit."""
        with exact():
            return self.difference * self.meter.factor

    def explain(self) -> str:
        """Returns e.g. "热表 7788：9,998.6 − 9,870.2 = 128.4 GJ"."""
        factor = "" if self.meter.factor == 1 else f" × {plain(self.meter.factor)}"
        wrapped = "，表盘归零一次" if self.closing.value < self.opening.value else ""
        estimate = "，含估读" if self.opening.is_estimate or self.closing.is_estimate else ""
        return (
            f"热表 {self.meter.number}：({plain(self.closing.value)} − "
            f"{plain(self.opening.value)}){factor} = {plain(self.amount)} {self.meter.unit}"
            f"（{self.opening.on} 至 {self.closing.on}{wrapped}{estimate}）"
        )


def register_difference(before: Decimal, after: Decimal, digits: int | None) -> Decimal:
    """Returns how far a register went from `before` to `after`.

    A register of known size that shows less has begun at 0 again, unless it would have gone more
    than half its size: then the reading goes backwards, as it does when the size is not on record.
    Raises `BackwardReading` for that, and ValueError for a number that the register cannot show.
    """
    if before < 0 or after < 0:
        raise ValueError("读数为负")
    size = None if digits is None else Decimal(10) ** digits
    if size is not None and max(before, after) >= size:
        raise ValueError(f"表盘只有 {digits} 位，显示不了这个读数")
    with exact():
        if after >= before:
            return after - before
        if size is None:
            raise BackwardReading("读数比上次小，且没有登记表盘位数")
        rolled = size - before + after
        if rolled * 2 > size:
            raise BackwardReading("读数比上次小")
        return rolled


def exceeds(difference: Decimal, days: int, most_per_day: Decimal) -> bool:
    """Says whether a meter went further than `most_per_day` allows in these days (at least one)."""
    with exact():
        return difference > most_per_day * max(days, 1)


def heat_between(
    meters: Sequence[MeterHistory],
    opens: date,
    closes: date,
    *,
    earliest: date,
    latest: date,
    handed_over: Iterable[date] = (),
) -> list[HeatPart]:
    """Returns the heat of every meter in a period; their sum is what the period used.

    The period opens with the last reading on or before `opens` and closes with the first on or
    after `closes`, because outside a season no heat flows: `earliest` is the day on which it had
    stopped before the period, `latest` the day on which it flows again after it, and a reading
    beyond these holds heat of another season. A day in `handed_over`, on which one owner follows
    another while heat flows, needs a reading on that very day. True readings come before estimates.
    Raises `HeatUnknown` when a reading is missing, when no meter was there for a part of the
    period, and when meters count in different units.
    """
    counting = sorted(
        (
            meter
            for meter in meters
            if meter.installed_on < closes
            and (meter.removed_on is None or meter.removed_on > opens)
        ),
        key=lambda meter: (meter.installed_on, meter.terms.number),
    )
    _check_covered(counting, opens, closes)
    if len({meter.terms.unit for meter in counting}) > 1:
        raise HeatUnknown("各块热表的计量单位不同，不能相加")
    exact_days = frozenset(handed_over)
    return [
        _part(
            meter,
            _opening(meter, opens, earliest, opens in exact_days),
            _closing(meter, closes, latest, closes in exact_days),
        )
        for meter in counting
    ]


def total_heat(parts: Iterable[HeatPart]) -> Decimal:
    """Returns the sum of the parts, in their unit."""
    with exact():
        return sum((part.amount for part in parts), Decimal(0))


def _check_covered(meters: Sequence[MeterHistory], opens: date, closes: date) -> None:
    """Raises `HeatUnknown` when a part of the period has no meter."""
    covered_until = opens
    for meter in meters:
        if meter.installed_on > covered_until:
            break
        covered_until = max(covered_until, meter.removed_on or closes)
    if covered_until < closes:
        raise HeatUnknown(f"自 {covered_until} 起没有热表")


def _part(meter: MeterHistory, opening: RegisterReading, closing: RegisterReading) -> HeatPart:
    difference = register_difference(opening.value, closing.value, meter.terms.register_digits)
    return HeatPart(meter.terms, opening, closing, difference)


def _opening(meter: MeterHistory, opens: date, earliest: date, on_the_day: bool) -> RegisterReading:
    if meter.installed_on >= opens:
        return _on(meter, meter.installed_on, "装表读数")
    if on_the_day:
        return _on(meter, opens, "过户当日的读数")
    earlier = [reading for reading in meter.readings if earliest <= reading.on <= opens]
    if not earlier:
        raise HeatUnknown(f"热表 {meter.terms.number} 没有 {earliest} 至 {opens} 的起度")
    return max(earlier, key=lambda reading: (not reading.is_estimate, reading.on))


def _closing(meter: MeterHistory, closes: date, latest: date, on_the_day: bool) -> RegisterReading:
    if meter.removed_on is not None and meter.removed_on <= closes:
        return _final(meter, meter.removed_on)
    if on_the_day:
        return _on(meter, closes, "过户当日的读数")
    later = [reading for reading in meter.readings if closes <= reading.on <= latest]
    if not later:
        raise HeatUnknown(f"热表 {meter.terms.number} 没有 {closes} 至 {latest} 的止度")
    return min(later, key=lambda reading: (reading.is_estimate, reading.on))


def _final(meter: MeterHistory, removed_on: date) -> RegisterReading:
    """Returns the final reading: the last true one of the day, which may have had another."""
    same_day = [
        reading
        for reading in meter.readings
        if reading.on == removed_on and not reading.is_estimate
    ]
    if not same_day:
        raise HeatUnknown(f"热表 {meter.terms.number} 没有拆表读数（{removed_on}）")
    return same_day[-1]


def _on(meter: MeterHistory, day: date, word: str) -> RegisterReading:
    """Returns the reading of a day, a true one before an estimate."""
    same_day = [reading for reading in meter.readings if reading.on == day]
    if not same_day:
        raise HeatUnknown(f"热表 {meter.terms.number} 没有{word}（{day}）")
    return min(same_day, key=lambda reading: reading.is_estimate)


def plain(number: Decimal) -> str:
    """Returns a number in groups of three, without zeros at its end and without an exponent."""
    return f"{number.normalize():,f}"
