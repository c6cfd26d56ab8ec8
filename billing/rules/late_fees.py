"""违约金, the late fee: a pure function of a debt's history, which never compounds or accumulates.

    fee = round(Σ over days d: base(d) × per_day(d), 2), at most the cap

d runs from the day after `due` to `as_of`, both counted, and stops before `stops_on`. base(d) is
the outstanding amount on d, or the full charge as long as any of it is outstanding. per_day(d) is
the latest rate that has begun by d; before the first rate there is no fee.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from office.money import exact, round_half_up, yuan_text

FULL_CHARGE = "full_charge"
OUTSTANDING = "outstanding"
BASES = (FULL_CHARGE, OUTSTANDING)

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OwedFrom:
    """The amount owed in fen from this day on, until the next entry."""

    starts: date
    amount_fen: int

    def __post_init__(self) -> None:
        if self.amount_fen < 0:
            raise ValueError("欠费金额为负")


@dataclass(frozen=True)
class RateFrom:
    """The share of the base charged per day from this day on, until the next window."""

    starts: date
    per_day: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.per_day <= 1:
            raise ValueError("违约金日率须在 0 与 1 之间")


Step = TypeVar("Step", OwedFrom, RateFrom)


@dataclass(frozen=True)
class Suspension:
    """The days without a fee (hardship, instalments): both ends included, or open-ended."""

    starts: date
    ends: date | None = None

    def __post_init__(self) -> None:
        if self.ends is not None and self.ends < self.starts:
            raise ValueError("中止计收的止日早于起日")

    def covers(self, day: date) -> bool:
        """Returns whether no fee is charged on this day."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class LateFeeTerms:
    """The late-fee rule of a company; without windows there is no late fee."""

    base: str
    windows: tuple[RateFrom, ...]
    cap_fen: int | None = None

    def __post_init__(self) -> None:
        if self.base not in BASES:
            raise ValueError(f"违约金基数不认识：{self.base}")
        if self.cap_fen is not None and self.cap_fen < 0:
            raise ValueError("违约金上限为负")


@dataclass(frozen=True)
class LateFeeLine:
    """Consecutive days (both ends included) with one base and one rate."""

    starts: date
    ends: date
    base_fen: int
    per_day: Decimal

    @property
    def days(self) -> int:
        return (self.ends - self.starts).days + 1

    @property
    def exact_fen(self) -> Decimal:
        """Returns the fee of the line in fen, unrounded; only the sum of all lines is rounded."""
        with exact():
            return self.base_fen * self.per_day * self.days

    def explain(self) -> str:
        """Returns the line as a sentence."""
        return (
            f"{self.starts} 至 {self.ends} 共 {self.days} 日："
            f"{yuan_text(self.base_fen)} 元 × {self.per_day:f}/日"
        )


@dataclass(frozen=True)
class LateFee:
    """The fee in fen, with the lines it is the sum of."""

    amount_fen: int
    lines: tuple[LateFeeLine, ...]
    capped: bool

    def explain(self) -> str:
        """Returns the calculation as text, a line per period and the total."""
        lines = [line.explain() for line in self.lines]
        capped = "（已达上限）" if self.capped else ""
        return "\n".join([*lines, f"违约金合计 {yuan_text(self.amount_fen)} 元{capped}"])


def late_fee(
    full_charge_fen: int,
    outstanding: Sequence[OwedFrom],
    terms: LateFeeTerms,
    *,
    due: date,
    as_of: date,
    stops_on: date | None = None,
    suspensions: Sequence[Suspension] = (),
) -> LateFee:
    """Returns the late fee as of `as_of` for a debt due on `due`.

    Of two amounts that begin on the same day the last in the list counts.
    """
    if full_charge_fen < 0:
        raise ValueError("全额热费为负")
    last_day = as_of if stops_on is None else min(as_of, stops_on - _DAY)
    if last_day <= due:
        return LateFee(0, (), capped=False)
    # Base, rate and suspension change only on these days: between two of them every day costs the
    # same, and one line covers them all.
    changes = {due + _DAY, last_day + _DAY}
    changes |= {step.starts for step in outstanding} | {rate.starts for rate in terms.windows}
    for suspension in suspensions:
        changes.add(suspension.starts)
        if suspension.ends is not None:
            changes.add(suspension.ends + _DAY)
    days = sorted(day for day in changes if due < day <= last_day + _DAY)
    lines = []
    for starts, ends in pairwise(days):
        if any(suspension.covers(starts) for suspension in suspensions):
            continue
        owed = _latest(outstanding, starts)
        rate = _latest(terms.windows, starts)
        if owed is None or rate is None or not owed.amount_fen or not rate.per_day:
            continue
        base = full_charge_fen if terms.base == FULL_CHARGE else owed.amount_fen
        lines.append(LateFeeLine(starts, ends - _DAY, base, rate.per_day))
    return _total(lines, terms.cap_fen)


def _total(lines: Sequence[LateFeeLine], cap_fen: int | None) -> LateFee:
    """Returns the fee: the exact lines are added, then rounded once and capped."""
    with exact():
        fee = round_half_up(sum((line.exact_fen for line in lines), Decimal(0)))
    if cap_fen is not None and fee > cap_fen:
        return LateFee(cap_fen, tuple(lines), capped=True)
    return LateFee(fee, tuple(lines), capped=False)


def _latest(steps: Sequence[Step], day: date) -> Step | None:
    """Returns the entry in force on the day: the latest that has begun, or None."""
    begun_steps = [step for step in steps if step.starts <= day]
    # `max` returns the first of equals; reversed, that is the last in the list.
    return max(reversed(begun_steps), key=lambda step: step.starts, default=None)
