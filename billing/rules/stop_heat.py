"""The charge of a stopped (报停) season: the basic fee, or the full charge once heat is resumed."""

from dataclasses import dataclass
from decimal import Decimal

from office.money import exact, round_half_up, yuan_text


@dataclass(frozen=True)
class StopHeatCharge:
    """The charge of a stopped season: the total due, and the part beyond the basic fee, in fen."""

    amount_fen: int
    basic_fen: int
    top_up_fen: int
    full_charge_fen: int
    ratio: Decimal

    def explain(self) -> str:
        """Returns the calculation as a sentence."""
        full, basic_fee = yuan_text(self.full_charge_fen), yuan_text(self.basic_fen)
        basic = f"{full} 元 × {self.ratio:f} = {basic_fee} 元"
        if not self.top_up_fen:
            return f"基本热费 {basic}"
        return (
            f"基本热费 {basic}；复热补足 {yuan_text(self.top_up_fen)} 元，"
            f"合计 {yuan_text(self.amount_fen)} 元"
        )


def stop_heat_charge(full_charge_fen: int, ratio: Decimal, *, resumed: bool) -> StopHeatCharge:
    """Returns the charge, with basic = round(full × ratio).

    A customer who resumes heat pays full − basic on top, so that both bills add up to the full
    charge.
    """
    if full_charge_fen < 0:
        raise ValueError("全额热费为负")
    if not 0 <= ratio <= 1:
        raise ValueError("基本热费比例须在 0 与 1 之间")
    with exact():
        basic = round_half_up(full_charge_fen * ratio)
    top_up = full_charge_fen - basic if resumed else 0
    return StopHeatCharge(basic + top_up, basic, top_up, full_charge_fen, ratio)
