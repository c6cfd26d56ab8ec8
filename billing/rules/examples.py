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
    inputs = case.inner("given")
    answer = rule(inputs)
    inputs.finish()
    return answer


def _season_charge(inputs: Fields) -> Answer:
    charge = season_charge(_season(inputs), _price(inputs), _areas(inputs), _over_height(inputs))
    return {"amount": yuan(charge.amount_fen)}


def _stop_heat(inputs: Fields) -> Answer:
    charge = stop_heat_charge(
        inputs.fen("full_charge"), inputs.quantity("ratio"), resumed=inputs.flag("resumed")
    )
    return {"amount": yuan(charge.amount_fen), "top_up": yuan(charge.top_up_fen)}


def _metered_settlement(inputs: Fields) -> Answer:
    price, heat = inputs.inner("metered_price"), inputs.inner("heat_used")
    settled = settle_metered(
        inputs.price("fixed_price_per_m2"),
        inputs.quantity("area"),
        MeteredPrice(price.text("unit"), price.price("amount")),
        HeatUsed(heat.text("unit"), heat.quantity("amount")),
        prepaid_fen=inputs.fen("prepaid"),
        settlement=inputs.choice("settlement", SETTLEMENTS),
    )
    price.finish()
    heat.finish()
    return {"charge": yuan(settled.charge_fen), "settle": yuan(settled.settle_fen)}


def _late_fee(inputs: Fields) -> Answer:
    steps, windows = [], []
    for step in inputs.each("outstanding"):
        steps.append(OwedFrom(step.day("from"), step.fen("amount")))
        step.finish()
    for window in inputs.each("windows"):
        windows.append(RateFrom(window.day("from"), window.quantity("per_day")))
        window.finish()
    cap = inputs.fen("cap") if inputs.has("cap") else None
    fee = late_fee(
        inputs.fen("full_charge"),
        steps,
        LateFeeTerms(inputs.text("base"), tuple(windows), cap),
        due=inputs.day("due"),
        as_of=inputs.day("as_of"),
        stops_on=inputs.day("stops_on") if inputs.has("stops_on") else None,
    )
    return {"amount": yuan(fee.amount_fen)}


def _cold_refund(inputs: Fields) -> Answer:
    terms = ColdRefundTerms(
        season_days=inputs.count("season_days"),
        base=inputs.text("base"),
        bands=tuple(_band(band) for band in inputs.each("bands")),
        basic_share=_basic_share(inputs),
        minimum_hours=_optional(inputs, "minimum_hours"),
    )
    readings = []
    for reading in inputs.each("readings"):
        days, temperature = reading.quantity("days"), reading.quantity("temperature", signed=True)
        readings.append(ColdReading(days, temperature, _optional(reading, "hours")))
        reading.finish()
    share = _optional(inputs, "area_share")
    refund = cold_refund(
        inputs.fen("fee"),
        terms,
        readings,
        area_share=Decimal(1) if share is None else share,
        hours=_optional(inputs, "hours"),
    )
    return {"amount": yuan(refund.amount_fen)}


def _price_change(inputs: Fields) -> Answer:
    change = price_change(
        _season(inputs),
        _price(inputs),
        _areas(inputs),
        _over_height(inputs),
        old=inputs.price("old"),
        new=inputs.price("new"),
        effective=inputs.day("effective"),
        apportion=inputs.choice("apportion", APPORTIONS),
    )
    return {
        "supplementary": yuan(change.supplementary_fen),
        "original": yuan(change.original_fen),
    }


def _allocation(inputs: Fields) -> Answer:
    receivables = []
    for number, owed in enumerate(inputs.each("receivables")):
        receivables.append(Receivable(number, owed.text("season"), owed.fen("amount")))
        owed.finish()
    result = allocate(inputs.fen("payment"), receivables)
    shares = [
        {"season": share.season, "paid": yuan(share.paid_fen), "owed": yuan(share.owed_fen)}
        for share in result.shares
    ]
    return {"allocations": shares, "advance": yuan(result.advance_fen)}


def _cash_rounding(inputs: Fields) -> Answer:
    cash = round_cash(
        inputs.fen("due", signed=True), inputs.choice("precision", tuple(FEN_PER_COIN))
    )
    return {"cash": yuan(cash.cash_fen), "adjustment": yuan(cash.adjustment_fen)}


def _vat(inputs: Fields) -> Answer:
    net, tax = split_vat(inputs.fen("gross", signed=True), inputs.quantity("rate"))
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


def _season(inputs: Fields) -> SeasonTerms:
    season = inputs.inner("season")
    terms = SeasonTerms(
        season.day("starts"),
        season.day("ends"),
        season.flag("ends_inclusive"),
        _optional(season, "billable_months"),
    )
    season.finish()
    return terms


def _price(inputs: Fields) -> PriceTerms:
    price = inputs.inner("price")
    terms = PriceTerms(price.text("unit"), price.price("amount"), price.text("area_basis"))
    price.finish()
    return terms


def _areas(inputs: Fields) -> dict[str, Decimal]:
    areas = inputs.inner("areas")
    return {basis: areas.quantity(basis) for basis in areas.names() if areas.has(basis)}


def _over_height(inputs: Fields) -> OverHeightTerms | None:
    if not inputs.has("over_height"):
        return None
    over = inputs.inner("over_height")
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


def _basic_share(inputs: Fields) -> Decimal:
    if inputs.text("base") == "less_basic":
        return inputs.quantity("basic_share")
    return _optional(inputs, "basic_share") or Decimal(0)


def _optional(fields: Fields, key: str) -> Decimal | None:
    return fields.quantity(key) if fields.has(key) else None
