"""Worked charging cases in JSON, computed by the same rules that bill real accounts."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from billing.rules.allocation import Receivable, allocate
from billing.rules.cash_rounding import FEN_PER_COIN, round_cash
from billing.rules.charges import OverHeightTerms, PriceTerms, SeasonTerms, season_charge
from billing.rules.cold_refunds import ColdBand, ColdReading, ColdRefundTerms, cold_refund
from billing.rules.late_fees import LateFeeTerms, OwedFrom, RateFrom, late_fee
from billing.rules.metering import SETTLEMENTS, HeatUsed, MeteredPrice, settle_metered
from billing.rules.price_changes import APPORTIONS, price_change
from billing.rules.stop_heat import stop_heat_charge
from office.case_files import Answer, Fields
from office.money import split_vat, yuan


def work_out(case: Fields) -> Answer:
    """Returns what the rules give for one case, amounts as Decimal yuan.

    Raises ValueError with the reason when the case cannot be priced.
    """
    rule = KINDS[case.choice("kind", tuple(KINDS))]
    given = case.inner("given")
    answer = rule(given)
    given.finish()
    return answer


def _season_charge(given: Fields) -> Answer:
    charge = season_charge(_season(given), _price(given), _areas(given), _over_height(given))
    return {"amount": yuan(charge.amount_fen)}


def _stop_heat(given: Fields) -> Answer:
    charge = stop_heat_charge(
        given.fen("full_charge"), given.quantity("ratio"), resumed=given.flag("resumed")
    )
    return {"amount": yuan(charge.amount_fen), "top_up": yuan(charge.top_up_fen)}


def _metered_settlement(given: Fields) -> Answer:
    price, heat = given.inner("metered_price"), given.inner("heat_used")
    settled = settle_metered(
        given.price("fixed_price_per_m2"),
        given.quantity("area"),
        MeteredPrice(price.text("unit"), price.price("amount")),
        HeatUsed(heat.text("unit"), heat.quantity("amount")),
        prepaid_fen=given.fen("prepaid"),
        settlement=given.choice("settlement", SETTLEMENTS),
    )
    price.finish()
    heat.finish()
    return {"charge": yuan(settled.charge_fen), "settle": yuan(settled.settle_fen)}


def _late_fee(given: Fields) -> Answer:
    steps, windows = [], []
    for step in given.each("outstanding"):
        steps.append(OwedFrom(step.day("from"), step.fen("amount")))
        step.finish()
    for window in given.each("windows"):
        windows.append(RateFrom(window.day("from"), window.quantity("per_day")))
        window.finish()
    cap = given.fen("cap") if given.has("cap") else None
    fee = late_fee(
        given.fen("full_charge"),
        steps,
        LateFeeTerms(given.text("base"), tuple(windows), cap),
        due=given.day("due"),
        as_of=given.day("as_of"),
        stops_on=given.day("stops_on") if given.has("stops_on") else None,
    )
    return {"amount": yuan(fee.amount_fen)}


def _cold_refund(given: Fields) -> Answer:
    terms = ColdRefundTerms(
        season_days=given.count("season_days"),
        base=given.text("base"),
        bands=tuple(_band(band) for band in given.each("bands")),
        basic_share=_basic_share(given),
        minimum_hours=_optional(given, "minimum_hours"),
    )
    readings = []
    for reading in given.each("readings"):
        days, temperature = reading.quantity("days"), reading.quantity("temperature", signed=True)
        readings.append(ColdReading(days, temperature, _optional(reading, "hours")))
        reading.finish()
    share = _optional(given, "area_share")
    refund = cold_refund(
        given.fen("fee"),
        terms,
        readings,
        area_share=Decimal(1) if share is None else share,
        hours=_optional(given, "hours"),
    )
    return {"amount": yuan(refund.amount_fen)}


def _price_change(given: Fields) -> Answer:
    change = price_change(
        _season(given),
        _price(given),
        _areas(given),
        _over_height(given),
        old=given.price("old"),
        new=given.price("new"),
        effective=given.day("effective"),
        apportion=given.choice("apportion", APPORTIONS),
    )
    return {
        "supplementary": yuan(change.supplementary_fen),
        "original": yuan(change.original_fen),
    }


def _allocation(given: Fields) -> Answer:
    receivables = []
    for number, owed in enumerate(given.each("receivables")):
        receivables.append(Receivable(number, owed.text("season"), owed.fen("amount")))
        owed.finish()
    result = allocate(given.fen("payment"), receivables)
    shares = [
        {"season": share.season, "paid": yuan(share.paid_fen), "owed": yuan(share.owed_fen)}
        for share in result.shares
    ]
    return {"allocations": shares, "advance": yuan(result.advance_fen)}


def _cash_rounding(given: Fields) -> Answer:
    cash = round_cash(given.fen("due", signed=True), given.choice("precision", tuple(FEN_PER_COIN)))
    return {"cash": yuan(cash.cash_fen), "adjustment": yuan(cash.adjustment_fen)}


def _vat(given: Fields) -> Answer:
    net, tax = split_vat(given.fen("gross", signed=True), given.quantity("rate"))
    return {"net": yuan(net), "tax": yuan(tax)}


KINDS: Mapping[str, Callable[[Fields], Answer]] = {
    "season_charge": _season_charge,
    "stop_heat": _stop_heat,
    "metered_settlement": _metered_settlement,
    "late_fee": _late_fee,
    "cold_refund": _cold_refund,
    "price_change": _price_change,
    "allocation": _allocation,
    "cash_rounding": _cash_rounding,
    "vat": _vat,
}


def _season(given: Fields) -> SeasonTerms:
    season = given.inner("season")
    terms = SeasonTerms(
        season.day("starts"),
        season.day("ends"),
        season.flag("ends_inclusive"),
        _optional(season, "billable_months"),
    )
    season.finish()
    return terms


def _price(given: Fields) -> PriceTerms:
    price = given.inner("price")
    terms = PriceTerms(price.text("unit"), price.price("amount"), price.text("area_basis"))
    price.finish()
    return terms


def _areas(given: Fields) -> dict[str, Decimal]:
    areas = given.inner("areas")
    return {basis: areas.quantity(basis) for basis in areas.names() if areas.has(basis)}


def _over_height(given: Fields) -> OverHeightTerms | None:
    if not given.has("over_height"):
        return None
    over = given.inner("over_height")
    terms = OverHeightTerms(
        over.quantity("height"),
        over.quantity("base"),
        over.quantity("step"),
        over.quantity("percent_per_step"),
        over.text("rounding"),
        _optional(over, "cap_percent"),
    )
    over.finish()
    return terms


def _band(band: Fields) -> ColdBand:
    ends = {
        key: band.quantity(key, signed=True) if band.has(key) else None
        for key in ("at_least", "above", "below", "at_most")
    }
    terms = ColdBand(band.quantity("refund"), **ends)
    band.finish()
    return terms


def _basic_share(given: Fields) -> Decimal:
    if given.text("base") == "less_basic":
        return given.quantity("basic_share")
    return _optional(given, "basic_share") or Decimal(0)


def _optional(fields: Fields, key: str) -> Decimal | None:
    return fields.quantity(key) if fields.has(key) else None
