"""The supplementary bill (± difference) for a price that changes after the season was billed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from billing.rules.charges import (
    BilledQuantity,
    OverHeightTerms,
    PriceTerms,
    SeasonTerms,
    billed_quantity,
)
from office.money import exact, round_fen, yuan_text

WHOLE_SEASON = "whole_season"
BY_DAYS = "by_days"
APPORTIONS = (WHOLE_SEASON, BY_DAYS)


@dataclass(frozen=True)
class PriceChange:
    """The original charge, unchanged, and the difference to bill (negative = credit), in fen."""

    supplementary_fen: int
    original_fen: int
    old: Decimal
    new: Decimal
    quantity: BilledQuantity
    apportion: str
    affected_days: int
    season_days: int

    def explain(self) -> str:
        """Returns the difference as a sentence."""
        in_part = self.apportion == BY_DAYS or self.affected_days != self.season_days
        days = f" × {self.affected_days}/{self.season_days} 日" if in_part else ""
        word = "应退" if self.supplementary_fen < 0 else "应补"
        return (
            f"单价由 {self.old:f} 元调整为 {self.new:f} 元，"
            f"原计热费 {yuan_text(self.original_fen)} 元，"
            f"差价{days}，{word} {yuan_text(abs(self.supplementary_fen))} 元"
        )


def price_change(
    season: SeasonTerms,
    price: PriceTerms,
    areas: Mapping[str, Decimal],
    over_height: OverHeightTerms | None = None,
    *,
    old: Decimal,
    new: Decimal,
    effective: date,
    apportion: str,
    charged_from: date | None = None,
    charged_days: int | None = None,
) -> PriceChange:
    """Returns the difference (new − old) × billed quantity, rounded once, half away from zero.

    `whole_season` bills all of it, whenever the price takes effect. `by_days` multiplies it by
    affected days / season days; affected are the days of the season on or after `effective`.
    `price` gives only the unit and the area basis; its own amount is not used. An area that was
    charged for `charged_days` from `charged_from` on bears the difference of those days alone.
    """
    if apportion not in APPORTIONS:
        raise ValueError(f"分摊方式不认识：{apportion}")
    if old < 0 or new < 0:
        raise ValueError("单价为负")
    quantity = billed_quantity(season, replace(price, amount=old), areas, over_height)
    first_day = charged_from or season.starts
    days = season.days if charged_days is None else charged_days
    if apportion == BY_DAYS:
        affected_days = season.days_between(
            max(first_day, effective), first_day + timedelta(days=days)
        )
    else:
        affected_days = days
    with exact():
        supplementary = round_fen(
            quantity.numerator * (new - old) * affected_days, quantity.denominator * season.days
        )
        original = round_fen(quantity.numerator * old * days, quantity.denominator * season.days)
    return PriceChange(
        supplementary,
        original,
        old,
        new,
        quantity,
        apportion,
        affected_days,
        season.days,
    )
