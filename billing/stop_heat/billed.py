"""What a stop and its end mean for a bill that exists, line by line."""

from django.utils.translation import gettext_lazy as _

from billing.adjustments.corrections import Correction
from billing.adjustments.full_charges import (
    FULL,
    basic_share,
    covers,
    full_charge,
    present_share,
    stops_of,
)
from billing.models import Bill, BillKind, BillLine, StopHeat
from billing.rules.stop_heat import StopHeatCharge, stop_heat_charge
from office.refusals import Refused


def season_bill(stop: StopHeat) -> Bill | None:
    """Returns the bill of the stop's account for its season, if it was issued."""
    bills = Bill.objects.filter(
        account=stop.account_id, season=stop.season_id, kind=BillKind.SEASON
    )
    return bills.select_related("season", "company").first()


def stop_corrections(bill: Bill, stop: StopHeat) -> list[Correction]:
    """Returns the credits that leave the basic fee of the stopped areas.

    Raises `Refused` where the price document has no share of stopped heat.
    """
    corrections = []
    for line in _covered(bill, stop):
        if line.ratio != FULL:
            continue
        if line.tariff.document.stop_heat_ratio is None:
            raise Refused(
                "no_stop_ratio",
                _("热价文件 %(document)s 没有规定报停基本费比例，请先核对。"),
                document=line.tariff.document.number,
            )
        charge = _charge(line)
        credit_fen = charge.basic_fen - charge.full_charge_fen
        if credit_fen:
            corrections.append(
                Correction(line.pk, amount_fen=credit_fen, working=f"报停：{charge.explain()}")
            )
    return corrections


def top_ups(bill: Bill, stop: StopHeat) -> list[Correction]:
    """Returns what is lacking to the full charge of each stopped area.

    They raise by an amount, so that other corrections of a line stay.
    """
    stops = stops_of(bill.account_id, bill.season_id)
    corrections = []
    for line in _covered(bill, stop):
        if present_share(line, stops) == FULL:
            continue
        charge = _charge(line)
        if charge.top_up_fen:
            corrections.append(
                Correction(
                    line.pk, amount_fen=charge.top_up_fen, working=f"复热：{charge.explain()}"
                )
            )
    return corrections


def first_line_id(bill: Bill, stop: StopHeat) -> int:
    """Returns the line of the bill that bears the fee of a resumption."""
    return _covered(bill, stop)[0].pk


def _charge(line: BillLine) -> StopHeatCharge:
    return stop_heat_charge(full_charge(line).amount_fen, basic_share(line), resumed=True)


def _covered(bill: Bill, stop: StopHeat) -> list[BillLine]:
    lines = BillLine.objects.filter(bill_id=bill.pk, season_id=bill.season_id)
    lines = lines.select_related("tariff__document", "season", "area_line").order_by("ordinal")
    return [line for line in lines if covers(stop, line)]
