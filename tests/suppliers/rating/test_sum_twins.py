"""The sums by SQL and the sums in Python agree, on one record by hand and on random ones."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suppliers.dimensions import Dimension
from suppliers.models import AfterSalesCase, Delivery, Supplier, SupplyOrder
from suppliers.rating.record import CaseFact, DeliveryFact, PriceFact, SupplyYear, ratios_of
from suppliers.rating.scoring import Ratio
from suppliers.rating.sums import ratios_of_year
from suppliers.registry.operations import merge_suppliers
from suppliers.supply_record.operations import record_breach, withdraw_entry
from tests.builders import HERE
from tests.suppliers.supplier_records import a_supplier
from tests.suppliers.supply_records import NEW_YEAR, a_case, a_delivery, an_order

pytestmark = pytest.mark.django_db


def sums(grace_days: int = 0, year: int = 2026) -> dict[int, dict[Dimension, Ratio]]:
    sums_of_year = ratios_of_year(year, grace_days=grace_days, as_of=NEW_YEAR)
    return {supplier: dict(ratios) for supplier, ratios in sums_of_year.items()}


def test_a_year_added_up_by_hand() -> None:
    supplier = a_supplier()
    first = an_order(supplier)  # 100 at 12.50, lowest 12.00
    second = an_order(supplier, quantity=Decimal(50), unit_price_fen=2000, lowest_price_fen=None)
    record_breach(second, reason="拒绝送货", by=HERE, at=NEW_YEAR)
    a_delivery(first, received=Decimal(60), accepted=Decimal(57))
    a_delivery(first, received=Decimal(40), accepted=Decimal(40), actual_on=date(2026, 5, 3))
    a_delivery(second, actual_on=None, received=Decimal(0), accepted=Decimal(0))
    withdraw_entry(a_delivery(first), reason="重复", by=HERE, at=NEW_YEAR)
    a_case(supplier)
    a_case(supplier, closed_on=date(2026, 6, 21))
    a_case(supplier, closed_on=None)
    expected = {
        Dimension.QUALITY: Ratio(Decimal(97), Decimal(100), 3),
        Dimension.CONTRACT: Ratio(Decimal(1), Decimal(2), 2),
        Dimension.DELIVERY: Ratio(Decimal(1), Decimal(3), 3),
        Dimension.AFTER_SALES: Ratio(Decimal(1), Decimal(3), 3),
        Dimension.PRICE: Ratio(Decimal(120_000), Decimal(125_000), 1),
    }
    assert sums() == {supplier.pk: expected}
    # The second came two days late.
    assert sums(grace_days=1)[supplier.pk][Dimension.DELIVERY] == Ratio(Decimal(1), Decimal(3), 3)
    assert sums(grace_days=2)[supplier.pk][Dimension.DELIVERY] == Ratio(Decimal(2), Decimal(3), 3)
    assert sums(year=2025) == {}


def test_what_a_merged_record_delivered_counts_for_the_remaining_one() -> None:
    duplicate, remaining = a_supplier(1), a_supplier(2)
    a_delivery(an_order(duplicate), received=Decimal(10), accepted=Decimal(5))
    a_delivery(an_order(remaining), received=Decimal(30), accepted=Decimal(30))
    merge_suppliers(duplicate, remaining, reason="同一家", by=HERE, at=NEW_YEAR)
    ratios = sums()
    assert list(ratios) == [remaining.pk]
    assert ratios[remaining.pk][Dimension.QUALITY] == Ratio(Decimal(35), Decimal(40), 2)


def test_corrections_made_later_do_not_change_what_stood() -> None:
    delivery = a_delivery(an_order(a_supplier()))
    before = sums()
    withdraw_entry(delivery, reason="重复", by=HERE, at=NEW_YEAR + timedelta(seconds=1))
    assert sums() == before
    later = ratios_of_year(2026, grace_days=0, as_of=NEW_YEAR + timedelta(seconds=1))
    assert later[delivery.supplier_id][Dimension.QUALITY] == Ratio(Decimal(0), Decimal(0))


@pytest.mark.parametrize("seed", range(3))
def test_both_agree_on_random_records(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(1, 4):
        _random_year(a_supplier(number), chance)
    grace_days = chance.randint(0, 3)
    with CaptureQueriesContext(connection) as statements:
        by_sql = sums(grace_days)
    assert len(statements) == 1
    assert by_sql == {
        supplier.pk: dict(ratios_of(_year_of(supplier), grace_days))
        for supplier in Supplier.objects.all()
    }


def _random_year(supplier: Supplier, chance: random.Random) -> None:
    for _ in range(3):
        paid = chance.randint(1, 100_000)
        order = an_order(
            supplier,
            quantity=Decimal(chance.randint(1, 9_999_999)).scaleb(-3),
            unit_price_fen=paid,
            lowest_price_fen=chance.choice([None, chance.randint(1, paid)]),
            ordered_on=date(2026, 1, 1),
            promised_on=date(2026, 2, 1),
        )
        for _ in range(chance.randint(0, 3)):
            promised = date(2026, 1, 1) + timedelta(chance.choice([0, 100, 364, 365]))
            came = promised + timedelta(chance.randint(-2, 4))
            received = Decimal(chance.randint(1, 10**6)).scaleb(-3)
            delivery = a_delivery(
                order,
                promised_on=promised,
                actual_on=max(order.ordered_on, min(came, date(2027, 1, 5))),
                received=received,
                accepted=received * chance.randint(0, 10) / 10
                if received * 10 % 1 == 0
                else received,
            )
            if chance.random() < 0.2:
                withdraw_entry(delivery, reason="重复", by=HERE, at=NEW_YEAR)
        if chance.random() < 0.5:
            record_breach(order, reason="违约", by=HERE, at=NEW_YEAR)
    for _ in range(chance.randint(0, 3)):
        a_case(supplier, closed_on=chance.choice([None, date(2026, 6, 20), date(2026, 6, 21)]))


def _year_of(supplier: Supplier) -> SupplyYear:
    """The record read row by row."""
    orders = SupplyOrder.objects.standing().of_year(2026).filter(supplier=supplier)
    deliveries = Delivery.objects.standing().of_year(2026).filter(supplier=supplier)
    cases = AfterSalesCase.objects.standing().of_year(2026).filter(supplier=supplier)
    return SupplyYear(
        deliveries=[
            DeliveryFact(row.promised_on, row.actual_on, row.received, row.accepted)
            for row in deliveries
        ],
        orders=orders.count(),
        orders_breached=orders.filter(breached=True).count(),
        cases=[CaseFact(row.due_on, row.closed_on) for row in cases],
        prices=[
            PriceFact(row.quantity, Decimal(row.unit_price_fen), Decimal(row.lowest_price_fen))
            for row in orders.exclude(lowest_price_fen=None)
        ],
    )
