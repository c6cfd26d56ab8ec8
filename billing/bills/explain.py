"""The explanation of a bill's lines, which a customer can check with a calculator."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import AdjustmentLine, Bill, BillLine, PriceUnit
from office.money import yuan_text

_PERIOD_WORDS = {PriceUnit.M2_MONTH: _("月"), PriceUnit.M2_DAY: _("日")}


@dataclass(frozen=True)
class ExplainedLine:
    """A line of a bill or of an adjustment as people read it, whichever table it is from."""

    item: str
    working: str
    basis: str
    amount_fen: int
    text: str


def with_lines(bills: QuerySet[Bill]) -> QuerySet[Bill]:
    """Reads the lines of bills and of adjustments with them, in two queries more."""
    charged = BillLine.objects.select_related("tariff__document").order_by("ordinal")
    corrected = AdjustmentLine.objects.order_by("ordinal")
    return (
        bills.select_related("adjustment")
        .prefetch_related(Prefetch("lines", charged))
        .prefetch_related(Prefetch("adjustment__lines", corrected))
    )


def explained_lines(bill: Bill) -> list[ExplainedLine]:
    """Returns the lines of a bill that was loaded by `with_lines`; opening arrears have none."""
    if bill.adjustment is not None:
        source = bill.adjustment.source
        return [
            ExplainedLine(
                line.item,
                line.working or bill.adjustment.reason,
                source,
                line.amount_fen,
                explain_correction(line, bill.adjustment.reason, source),
            )
            for line in bill.adjustment.lines.all()
        ]
    return [
        ExplainedLine(
            line.category_name,
            explain_factors(line),
            line.tariff.document.number,
            line.amount_fen,
            explain_line(line),
        )
        for line in bill.lines.all()
    ]


def explain_correction(line: AdjustmentLine, reason: str, source: str) -> str:
    """Returns e.g. "室温不达标退费：-214.80 元（测温单 2026-17）"."""
    return gettext("%(working)s：%(amount)s 元（%(basis)s）") % {
        "working": line.working or reason,
        "amount": yuan_text(line.amount_fen),
        "basis": source,
    }


def explain_line(line: BillLine) -> str:
    """Returns e.g. "114.36 m² × 3.60 元/m²·月 × 5 月 = 2,058.48 元（晋发改价格〔2024〕1号）".

    The caller loads the line with `select_related("tariff__document")`.
    """
    return gettext("%(factors)s = %(amount)s 元（%(basis)s）") % {
        "factors": explain_factors(line),
        "amount": yuan_text(line.amount_fen),
        "basis": line.tariff.document.number,
    }


def explain_factors(line: BillLine) -> str:
    """Returns e.g. "114.36 m² × 3.60 元/m²·月 × 5 月": all factors that were multiplied."""
    parts = [f"{line.area:,f} m²"]
    if line.over_height_percent:
        parts.append(_over_height(line))
    parts.append(f"{_price(line.unit_price)} {line.get_unit_display()}")
    if word := _PERIOD_WORDS.get(PriceUnit(line.unit)):
        parts.append(f"{_plain(line.periods)} {word}")
    if line.charged_days is not None:
        share = gettext("%(days)s/%(all)s 日（自 %(first)s 起）")
        parts.append(
            share
            % {
                "days": line.charged_days,
                "all": line.season_days,
                "first": f"{line.charged_from}",
            }
        )
    if line.ratio != 1:
        basic = gettext("%(percent)s（报停基本费）")
        parts.append(basic % {"percent": percent_text(line.ratio)})
    return " × ".join(parts)


def _over_height(line: BillLine) -> str:
    """Returns the surcharge with the height it comes from, where the height is known."""
    factors = {
        "percent": f"{_plain(100 + line.over_height_percent)}%",
        "raised": f"{_plain(line.over_height_percent)}%",
    }
    if line.height is None:
        return gettext("%(percent)s（超高加收 %(raised)s）") % factors
    with_height = gettext("%(percent)s（层高 %(height)s m 超高加收 %(raised)s）")
    return with_height % {**factors, "height": f"{line.height:f}"}


def percent_text(share: Decimal) -> str:
    """Returns a share as "30%" or "32.5%"."""
    return f"{_plain(100 * share)}%"


def _price(price: Decimal) -> str:
    """Returns the price with at least two decimals, and with more only where they are not zero."""
    cents = price.quantize(Decimal("0.01"))
    return f"{cents:f}" if cents == price else _plain(price)


def _plain(number: Decimal) -> str:
    """Returns the number without trailing zeros and without an exponent."""
    return f"{number.normalize():f}"
