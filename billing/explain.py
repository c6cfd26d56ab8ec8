"""Why a bill line costs what it costs, in one line a customer can check with a calculator."""

from decimal import Decimal

from billing.models import BillLine, PriceUnit
from office.money import yuan_text

_PERIOD_WORDS = {PriceUnit.M2_MONTH: "月", PriceUnit.M2_DAY: "日"}


def explain_line(line: BillLine) -> str:
    """ "114.36 m² × 3.60 元/m²·月 × 5 月 = 2,058.48 元（晋发改价格〔2024〕1号）".

    Load with `select_related("tariff__document")`.
    """
    amount = yuan_text(line.amount_fen)
    return f"{explain_factors(line)} = {amount} 元（{line.tariff.document.number}）"


def explain_factors(line: BillLine) -> str:
    """ "114.36 m² × 3.60 元/m²·月 × 5 月": everything that was multiplied."""
    parts = [f"{line.area:,f} m²"]
    if line.over_height_percent:
        height = f"层高 {line.height:f} m " if line.height is not None else ""
        percent = _plain(100 + line.over_height_percent)
        parts.append(f"{percent}%（{height}超高加收 {_plain(line.over_height_percent)}%）")
    parts.append(f"{_price(line.unit_price)} {line.get_unit_display()}")
    if word := _PERIOD_WORDS.get(PriceUnit(line.unit)):
        parts.append(f"{_plain(line.periods)} {word}")
    if line.ratio != 1:
        parts.append(f"{percent_text(line.ratio)}（报停基本费）")
    return " × ".join(parts)


def percent_text(share: Decimal) -> str:
    """A share as "30%" or "32.5%"."""
    return f"{_plain(100 * share)}%"


def _price(price: Decimal) -> str:
    """At least two places, more only where they say something."""
    cents = price.quantize(Decimal("0.01"))
    return f"{cents:f}" if cents == price else _plain(price)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
