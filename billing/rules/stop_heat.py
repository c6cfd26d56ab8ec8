"""What a stopped (报停) season costs: the basic fee, or all of it once heat is resumed."""

from dataclasses import dataclass
from decimal import Decimal

from office.money import exact, round_half_up, yuan_text


@dataclass(frozen=True)
class StopHeatCharge:
    """Due in all, and the part of it beyond the basic fee, in fen."""

    amount_fen: int
    basic_fen: int
    top_up_fen: int
    full_charge_fen: int
    ratio: Decimal

    def explain(self) -> str:
        full, basic_fee = yuan_text(self.full_charge_fen), yuan_text(self.basic_fen)
        basic = f"{full} 元 × {self.ratio:f} = {basic_fee} 元"
        if not self.top_up_fen:
            return f"基本热费 {basic}"
        return (
            f"基本热费 {basic}；复热补足 {yuan_text(self.top_up_fen)} 元，"
            f"合计 {yuan_text(self.amount_fen)} 元"
        )


def stop_heat_charge(full_charge_fen: int, ratio: Decimal, *, resumed: bool) -> StopHeatCharge:
    """basic = round(full × ratio); resuming tops up by full − basic, so both add up to the full."""
    if full_charge_fen < 0:
        raise ValueError("全额热费为负")
    if not 0 <= ratio <= 1:
        raise ValueError("基本热费比例须在 0 与 1 之间")
    with exact():
        basic = round_half_up(full_charge_fen * ratio)
    top_up = full_charge_fen - basic if resumed else 0
    return StopHeatCharge(basic + top_up, basic, top_up, full_charge_fen, ratio)
