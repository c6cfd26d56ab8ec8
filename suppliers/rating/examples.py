"""Worked rating cases in JSON, run through the same rules that rate real suppliers."""

from collections.abc import Mapping
from decimal import Decimal

from office.case_files import Answer, CaseError, Fields
from suppliers.dimensions import Dimension, WithoutData
from suppliers.rating.record import CaseFact, DeliveryFact, PriceFact, SupplyYear, ratios_of
from suppliers.rating.scoring import RatingTerms, rate


def work_out(case: Fields) -> Answer:
    """Returns scores, total and class of one case, percent as Decimal; raises ValueError with the
    reason otherwise.
    """
    terms = _terms(case.inner("rule"))
    record = case.inner("record")
    year = _year(record)
    panel = _panel(record.inner("panel")) if record.has("panel") else {}
    record.finish()
    rating = rate(terms, ratios_of(year, terms.grace_days), panel)
    return {
        "scores": {score.dimension.value: score.value for score in rating.scores},
        "total": rating.total,
        "class": rating.rating_class.value,
    }


def _terms(rule: Fields) -> RatingTerms:
    bounds = rule.inner("bounds")
    terms = RatingTerms(
        weights=_percentages(rule, "weights"),
        panel_share=_percentages(rule, "panel_share"),
        without_data=_without_data(rule),
        grace_days=rule.count("grace_days") if rule.has("grace_days") else 0,
        qualified_from=bounds.quantity("qualified"),
        excellent_from=bounds.quantity("excellent"),
        excellent_needs=_percentages(rule, "excellent_needs"),
    )
    bounds.finish()
    rule.finish()
    return terms


def _percentages(rule: Fields, key: str) -> Mapping[Dimension, Decimal]:
    if not rule.has(key):
        return {}
    values = rule.inner(key)
    percentages = {_dimension(name): values.quantity(name) for name in values.names()}
    values.finish()
    return percentages


def _without_data(rule: Fields) -> Mapping[Dimension, WithoutData]:
    if not rule.has("without_data"):
        return {}
    choices = rule.inner("without_data")
    answer = {
        _dimension(name): WithoutData(choices.choice(name, WithoutData.values))
        for name in choices.names()
    }
    choices.finish()
    return answer


def _year(record: Fields) -> SupplyYear:
    orders, breached = record.count("orders"), record.count("orders_breached")
    if breached > orders:
        raise CaseError(f"违约订单 {breached} 多于订单 {orders}")
    return SupplyYear(
        deliveries=[_delivery(delivery) for delivery in record.each("deliveries")],
        orders=orders,
        orders_breached=breached,
        cases=[_case(case) for case in record.each("cases")],
        prices=[_price(price) for price in record.each("prices")],
    )


def _delivery(delivery: Fields) -> DeliveryFact:
    fact = DeliveryFact(
        promised=delivery.day("promised"),
        actual=delivery.day("actual") if delivery.has("actual") else None,
        received=delivery.quantity("received"),
        accepted=delivery.quantity("accepted"),
    )
    if fact.accepted > fact.received:
        raise CaseError(f"验收合格 {fact.accepted} 多于到货 {fact.received}")
    delivery.finish()
    return fact


def _case(case: Fields) -> CaseFact:
    fact = CaseFact(due=case.day("due"), closed=case.day("closed") if case.has("closed") else None)
    case.finish()
    return fact


def _price(price: Fields) -> PriceFact:
    price.text("item")
    fact = PriceFact(price.quantity("quantity"), price.price("paid"), price.price("lowest"))
    price.finish()
    return fact


def _panel(panel: Fields) -> Mapping[Dimension, list[Decimal]]:
    scores = {}
    for name in panel.names():
        scores[_dimension(name)] = panel.quantities(name)
    panel.finish()
    return scores


def _dimension(name: str) -> Dimension:
    if name not in Dimension.values:
        raise CaseError(f"没有这个评价维度：{name}")
    return Dimension(name)
