"""What a season's heat costs: price × area × periods, with the over-height surcharge.

The exact formula, the same here and in the set-based SQL twin:

    periods    = billable_months | 1 | season days          for m2_month | m2_season | m2_day
    excess     = greatest(height - base, 0)
    percent    = floor(excess / step) * percent_per_step    rounding floor
               = ceil(excess / step) * percent_per_step     rounding ceil
               = excess * percent_per_step / step           rounding prorata
    percent    = least(percent, cap_percent)                where a cap is set
    amount     = round(price * area * periods * (100 + percent) / 100, 2)    half away from zero

An area that is charged by days bears amount × charged days / days of the season, not yet rounded.

To keep `prorata` independent of a division's precision, write percent as a ratio p / q
(q = step for prorata under the cap, else 1) and divide once, last:

    N = price * area * periods * (100 * q + p)     D = 100 * q
    amount_fen = div(2 * 100 * N + D, 2 * D)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from office.money import exact, round_fen, round_half_up, yuan_text

M2_MONTH = "m2_month"
M2_SEASON = "m2_season"
M2_DAY = "m2_day"
_PERIOD_WORDS = {M2_MONTH: "月", M2_SEASON: "采暖季", M2_DAY: "日"}

FLOOR = "floor"
CEIL = "ceil"
PRORATA = "prorata"


@dataclass(frozen=True)
class SeasonTerms:
    """The billed season; `billable_months` is stated and never derived from the dates."""

    starts: date
    ends: date
    ends_inclusive: bool
    billable_months: Decimal | int | None = None

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("采暖季的止日早于起日")
        if self.billable_months is not None and self.billable_months < 0:
            raise ValueError("计费月数为负")

    @property
    def days(self) -> int:
        """Returns the number of billed days; the last day counts only when `ends_inclusive`."""
        return (self.ends - self.starts).days + (1 if self.ends_inclusive else 0)

    def days_between(self, starts: date, ends: date | None) -> int:
        """Returns the number of days of the season from `starts` until before `ends`."""
        after = self.days if ends is None else (ends - self.starts).days
        return max(0, min(self.days, after) - max(0, (starts - self.starts).days))

    def days_from(self, effective: date) -> int:
        """Returns the number of days of the season on or after `effective`."""
        return max(0, min(self.days, self.days - (effective - self.starts).days))


@dataclass(frozen=True)
class PriceTerms:
    """The price in yuan per m² and period, and the kind of area that it is multiplied by."""

    unit: str
    amount: Decimal
    area_basis: str

    def __post_init__(self) -> None:
        if self.unit not in _PERIOD_WORDS:
            raise ValueError(f"计价单位不认识：{self.unit}")
        if self.amount < 0:
            raise ValueError("单价为负")

    @property
    def period_word(self) -> str:
        return _PERIOD_WORDS[self.unit]

    def periods(self, season: SeasonTerms) -> Decimal:
        """Returns the number of periods to charge.

        Raises ValueError for a price by month in a season without billable months.
        """
        if self.unit == M2_SEASON:
            return Decimal(1)
        if self.unit == M2_DAY:
            return Decimal(season.days)
        if season.billable_months is None:
            raise ValueError("按月计价须写明计费月数")
        return Decimal(season.billable_months)


@dataclass(frozen=True)
class OverHeightTerms:
    """The surcharge: `percent_per_step` more for each `step` m of room height above `base` m."""

    height: Decimal
    base: Decimal
    step: Decimal
    percent_per_step: Decimal
    rounding: str
    cap_percent: Decimal | None = None

    def __post_init__(self) -> None:
        if self.rounding not in (FLOOR, CEIL, PRORATA):
            raise ValueError(f"超高进位方式不认识：{self.rounding}")
        if self.step <= 0:
            raise ValueError("超高步长须大于零")
        if self.height < 0 or self.base < 0:
            raise ValueError("层高为负")
        if self.percent_per_step < 0 or (self.cap_percent is not None and self.cap_percent < 0):
            raise ValueError("超高加收比例为负")

    @property
    def excess(self) -> Decimal:
        """Returns the height above the base in m, at least 0."""
        with exact():
            return max(self.height - self.base, Decimal(0))

    @property
    def steps(self) -> Decimal | None:
        """Returns the whole steps charged, or None for prorata, which has no steps."""
        if self.rounding == PRORATA:
            return None
        with exact():
            whole_steps, remainder = divmod(self.excess, self.step)
            return whole_steps + 1 if remainder and self.rounding == CEIL else whole_steps

    def percent_ratio(self) -> tuple[Decimal, Decimal]:
        """Returns the capped surcharge percent as numerator and denominator, not yet divided."""
        with exact():
            if (steps := self.steps) is None:
                numerator, denominator = self.excess * self.percent_per_step, self.step
            else:
                numerator, denominator = steps * self.percent_per_step, Decimal(1)
            # Compared without dividing: a quotient of prorata need not end.
            if self.cap_percent is not None and numerator >= self.cap_percent * denominator:
                return self.cap_percent, Decimal(1)
            return numerator, denominator


@dataclass(frozen=True)
class BilledQuantity:
    """The m² × periods after the surcharge, as the fraction `numerator / denominator`."""

    area: Decimal
    periods: Decimal
    numerator: Decimal
    denominator: Decimal
    over_height: OverHeightTerms | None
    charged_days: int | None = None

    def cost_fen(self, per_unit: Decimal) -> int:
        """Returns the cost in fen at `per_unit` yuan, rounded once."""
        with exact():
            return round_fen(self.numerator * per_unit, self.denominator)


@dataclass(frozen=True)
class Charge:
    """The charge of a season with every factor that it was computed from."""

    amount_fen: int
    season: SeasonTerms
    price: PriceTerms
    quantity: BilledQuantity

    @property
    def area(self) -> Decimal:
        return self.quantity.area

    @property
    def area_basis(self) -> str:
        return self.price.area_basis

    @property
    def unit_price(self) -> Decimal:
        return self.price.amount

    @property
    def periods(self) -> Decimal:
        return self.quantity.periods

    @property
    def steps(self) -> Decimal | None:
        """Returns the over-height steps charged; None without a surcharge or when prorated."""
        return self.quantity.over_height.steps if self.quantity.over_height else None

    @property
    def surcharge_percent(self) -> Decimal:
        """Returns the over-height percent to 6 places for display; the amount is exact."""
        if self.quantity.over_height is None:
            return Decimal(0)
        return _to_six_places(*self.quantity.over_height.percent_ratio())

    @property
    def billed_area(self) -> Decimal:
        """Returns the area after the surcharge to 6 places for display; the amount is exact."""
        if self.quantity.over_height is None:
            return self.area
        percent, divisor = self.quantity.over_height.percent_ratio()
        with exact():
            return _to_six_places(self.area * (100 * divisor + percent), 100 * divisor)

    def explain(self) -> str:
        """Returns the calculation as a text that a customer can check with a calculator."""
        word = self.price.period_word
        parts = [f"{self.area:f} m²"]
        if self.quantity.over_height and (percent := self.surcharge_percent):
            height = self._explain_height(self.quantity.over_height)
            parts.append(f"{_plain(100 + percent)}%（{height}）")
        parts.append(f"{self.unit_price:f} 元/m²·{word}")
        if self.price.unit != M2_SEASON:
            parts.append(f"{_plain(self.periods)} {word}")
        if self.quantity.charged_days is not None:
            parts.append(f"{self.quantity.charged_days}/{self.season.days} 日")
        return f"{' × '.join(parts)} = {yuan_text(self.amount_fen)} 元"

    def _explain_height(self, terms: OverHeightTerms) -> str:
        steps_text = "按比例" if self.steps is None else f"计 {_plain(self.steps)} 档"
        text = (
            f"层高 {terms.height:f} m，超过 {terms.base:f} m，"
            f"每 {terms.step:f} m 加收 {_plain(terms.percent_per_step)}%，{steps_text}"
        )
        is_capped = terms.cap_percent is not None and self.surcharge_percent == terms.cap_percent
        return text + (f"，上限 {_plain(terms.cap_percent or Decimal(0))}%" if is_capped else "")


def billed_quantity(
    season: SeasonTerms,
    price: PriceTerms,
    areas: Mapping[str, Decimal],
    over_height: OverHeightTerms | None = None,
    charged_days: int | None = None,
) -> BilledQuantity:
    """Returns the m² × periods to price; raises ValueError without the area the price needs.

    With `charged_days` the area bears that many of the season's days; without, all of them.
    """
    if price.area_basis not in areas:
        raise ValueError(f"缺少计价所用的面积：{price.area_basis}")
    area = areas[price.area_basis]
    if area < 0:
        raise ValueError("面积为负")
    periods = price.periods(season)
    percent, divisor = over_height.percent_ratio() if over_height else (Decimal(0), Decimal(1))
    with exact():
        numerator = area * periods * (100 * divisor + percent)
        denominator = 100 * divisor
        if charged_days is not None:
            numerator, denominator = numerator * charged_days, denominator * season.days
        return BilledQuantity(area, periods, numerator, denominator, over_height, charged_days)


def season_charge(
    season: SeasonTerms,
    price: PriceTerms,
    areas: Mapping[str, Decimal],
    over_height: OverHeightTerms | None = None,
    charged_days: int | None = None,
) -> Charge:
    """Returns the charge in fen of one area line for one season (formula at the file's head)."""
    quantity = billed_quantity(season, price, areas, over_height, charged_days)
    return Charge(quantity.cost_fen(price.amount), season, price, quantity)


def _to_six_places(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Returns the quotient rounded half up to six places, shown with at least two."""
    with exact():
        millionths = round_half_up(numerator * 10**6, denominator)
        # Adding 0.00 restores two places after `normalize` has removed all zeros.
        return Decimal(millionths).scaleb(-6).normalize() + Decimal("0.00")


def _plain(number: Decimal) -> str:
    """Returns the number without trailing zeros and without an exponent."""
    return f"{number.normalize():f}"
