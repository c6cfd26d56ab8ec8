"""What an area change means for bills that exist: reckoned before and after, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from billing.adjustments.corrections import Correction
from billing.adjustments.full_charges import present_share, stops_of
from billing.models import AreaChangeWay, Bill, BillKind, BillLine
from billing.prices.in_force import (
    area_change_way,
    areas_of,
    charged_days,
    over_height_terms,
    season_terms,
)
from billing.rules.charges import Charge, PriceTerms, SeasonTerms, season_charge
from billing.rules.stop_heat import stop_heat_charge
from customers.models import Account, AreaLine
from office.refusals import Refused


@dataclass(frozen=True)
class Reckoned:
    """What the areas of one ordinal come to in fen in a season, and the arithmetic."""

    amount_fen: int
    working: str


def billed_since(account: Account, day: date) -> list[Bill]:
    """Returns the account's season bills whose season goes on after `day` or begins after it."""
    bills = (
        Bill.objects.filter(account=account, kind=BillKind.SEASON)
        .select_related("season", "company")
        .order_by("season__starts", "pk")
    )
    return [bill for bill in bills if _last_day(bill) >= day]


def area_correction(
    bill: Bill, changed: AreaLine, before: Sequence[AreaLine], after: Sequence[AreaLine]
) -> Correction | None:
    """Returns the correction of the bill when areas of one ordinal change; None for no difference.

    It raises or lowers the line of the changed area, or of the one before it, by an amount, so that
    other corrections of that line stay. Raises `Refused` for a bill without such a line.
    """
    line = _line_of(bill, changed)
    ratio = present_share(line, stops_of(bill.account_id, bill.season_id))
    was, will_be = (reckon(bill, line, ratio, lines) for lines in (before, after))
    amount_fen = will_be.amount_fen - was.amount_fen
    if not amount_fen:
        return None
    working = f"面积变更：应为 {will_be.working}，原计 {was.working}"
    return Correction(line.pk, amount_fen=amount_fen, working=working[:300])


def reckon(bill: Bill, billed: BillLine, ratio: Decimal, lines: Sequence[AreaLine]) -> Reckoned:
    """Returns what these areas come to by the price of a billed line and a share of the charge."""
    season = season_terms(bill.season)
    charges = [
        season_charge(
            season,
            PriceTerms(billed.unit, billed.unit_price, billed.area_basis),
            areas_of(line),
            over_height_terms(billed.tariff, line),
            days,
        )
        for line, days in _charged(bill, season, lines)
    ]
    amounts = [_with_share(charge, ratio) for charge in charges]
    share = "" if ratio == 1 else f" × {ratio:f}"
    return Reckoned(sum(amounts), "；".join(f"{charge.explain()}{share}" for charge in charges))


def _with_share(charge: Charge, ratio: Decimal) -> int:
    return stop_heat_charge(charge.amount_fen, ratio, resumed=False).amount_fen


def _charged(
    bill: Bill, season: SeasonTerms, lines: Sequence[AreaLine]
) -> list[tuple[AreaLine, int | None]]:
    """Returns the areas that the season charges, each with its days; None for the whole season."""
    counting = [
        line
        for line in sorted(lines, key=lambda line: line.starts)
        if season.days_between(line.starts, line.ends)
    ]
    if area_change_way(bill.season) == AreaChangeWay.BY_DAYS:
        return [(line, charged_days(season, line.starts, line.ends)) for line in counting]
    return [(line, None) for line in counting[:1]]


def _line_of(bill: Bill, changed: AreaLine) -> BillLine:
    """Returns the bill's line of the changed area, else of the latest area before it."""
    lines = (
        BillLine.objects.filter(
            bill_id=bill.pk,
            season_id=bill.season_id,
            area_line__premise=changed.premise_id,
            area_line__ordinal=changed.ordinal,
            area_line__starts__lte=changed.starts,
        )
        .select_related("tariff__document", "area_line")
        .order_by("-area_line__starts")
    )
    line = lines.first()
    if line is None:
        raise Refused(
            "area_not_billed",
            _("账单 %(bill)s 没有这条面积的明细，请另行起草调整单。"),
            bill=bill.number,
        )
    return line


def _last_day(bill: Bill) -> date:
    season = season_terms(bill.season)
    return season.starts + timedelta(days=season.days - 1)
