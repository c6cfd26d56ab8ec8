"""Two-part heat (两部制): fixed price × area + metered price × heat, settled after the season."""

from dataclasses import dataclass
from decimal import Decimal

from office.money import exact, round_fen, yuan_text

GJ = "GJ"
KWH = "kWh"
MWH = "MWh"
HEAT_UNITS = (GJ, KWH, MWH)

BOTH_WAYS = "both_ways"
REFUND_ONLY = "refund_only"
SETTLEMENTS = (BOTH_WAYS, REFUND_ONLY)


@dataclass(frozen=True)
class MeteredPrice:
    """The price of metered heat in yuan per `unit`."""

    unit: str
    amount: Decimal

    def __post_init__(self) -> None:
        _check_heat(self.unit, self.amount, "计量热价为负")


@dataclass(frozen=True)
class HeatUsed:
    """The heat read from a meter, in the meter's own unit."""

    unit: str
    amount: Decimal

    def __post_init__(self) -> None:
        _check_heat(self.unit, self.amount, "用热量为负")


def _check_heat(unit: str, amount: Decimal, negative: str) -> None:
    """Raises ValueError for a unit that is none of heat, and with `negative` for an amount < 0."""
    if unit not in HEAT_UNITS:
        raise ValueError(f"热量单位不认识：{unit}")
    if amount < 0:
        raise ValueError(negative)


@dataclass(frozen=True)
class MeteredSettlement:
    """The season's two-part charge and the difference that settles it (< 0: repaid), in fen."""

    charge_fen: int
    settle_fen: int
    fixed_price_per_m2: Decimal
    area: Decimal
    price: MeteredPrice
    heat: HeatUsed
    prepaid_fen: int
    settlement: str

    def explain(self) -> str:
        """Returns the calculation as a sentence."""
        return (
            f"{self.fixed_price_per_m2:f} 元/m² × {self.area:f} m²"
            f" + {self.price.amount:f} 元/{self.price.unit} × {self.heat.amount:f} {self.heat.unit}"
            f" = {yuan_text(self.charge_fen)} 元，预交 {yuan_text(self.prepaid_fen)} 元，"
            + self._explain_settlement()
        )

    def _explain_settlement(self) -> str:
        if self.settle_fen < 0:
            return f"应退 {yuan_text(-self.settle_fen)} 元"
        if self.settle_fen > 0:
            return f"应补 {yuan_text(self.settle_fen)} 元"
        return "多退少不补，不再补收" if self.charge_fen > self.prepaid_fen else "两清"


def settle_metered(
    fixed_price_per_m2: Decimal,
    area: Decimal,
    price: MeteredPrice,
    heat: HeatUsed,
    *,
    prepaid_fen: int,
    settlement: str,
) -> MeteredSettlement:
    """Returns the settlement, with charge = round(fixed × area + price × heat).

    Raises ValueError when the units of price and meter differ: nothing is converted.
    """
    if price.unit != heat.unit:
        raise ValueError(f"热价单位 {price.unit} 与热表单位 {heat.unit} 不同")
    if settlement not in SETTLEMENTS:
        raise ValueError(f"结算方式不认识：{settlement}")
    if fixed_price_per_m2 < 0 or area < 0 or prepaid_fen < 0:
        raise ValueError("固定热价、面积和预交金额不能为负")
    with exact():
        charge = round_fen(fixed_price_per_m2 * area + price.amount * heat.amount)
    settle = charge - prepaid_fen
    if settlement == REFUND_ONLY:
        settle = min(settle, 0)
    return MeteredSettlement(
        charge, settle, fixed_price_per_m2, area, price, heat, prepaid_fen, settlement
    )
