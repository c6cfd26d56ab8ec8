"""Dealings with suppliers for tests, entered by the operations that staff use."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from office.models import Company
from suppliers.models import (
    AfterSalesCase,
    Delivery,
    ListKind,
    Supplier,
    SupplyEntry,
    SupplyList,
    SupplyOrder,
)
from suppliers.supply_record.facts import (
    CaseFacts,
    DeductionFacts,
    DeliveryFacts,
    EvaluationFacts,
    OrderFacts,
)
from suppliers.supply_record.operations import (
    deduct_wages,
    enter_delivery,
    enter_order,
    open_case,
    record_evaluation,
)
from tests.builders import HERE, a_company
from tests.suppliers.supplier_records import a_category, a_supplier

# Noon in Shanghai after the year 2026 has ended.
NEW_YEAR = datetime(2027, 1, 5, 4, tzinfo=UTC)
_numbers = count(1)


def order_facts(supplier: Supplier | None = None, **changes: Any) -> OrderFacts:
    """100 metres of pipe at 12.50 yuan, the lowest comparable offer 12.00, promised for 1 May."""
    values: dict[str, Any] = {
        "company": a_company(),
        "number": f"CG{next(_numbers):06d}",
        "category": a_category(),
        "item": "预制保温管 DN200",
        "unit": "米",
        "quantity": Decimal(100),
        "unit_price_fen": 1250,
        "lowest_price_fen": 1200,
        "ordered_on": date(2026, 4, 1),
        "promised_on": date(2026, 5, 1),
    }
    return OrderFacts(supplier=supplier or a_supplier(), **(values | changes))


def an_order(
    supplier: Supplier | None = None, *, at: datetime = NEW_YEAR, **changes: Any
) -> SupplyOrder:
    return enter_order(order_facts(supplier, **changes), by=HERE, at=at)


def delivery_facts(order: SupplyOrder, **changes: Any) -> DeliveryFacts:
    """A delivery on its day of which all is accepted."""
    values: dict[str, Any] = {
        "number": f"DH{next(_numbers):06d}",
        "promised_on": date(2026, 5, 1),
        "actual_on": date(2026, 5, 1),
        "received": Decimal(100),
        "accepted": Decimal(100),
    }
    return DeliveryFacts(order=order, **(values | changes))


def a_delivery(order: SupplyOrder, *, at: datetime = NEW_YEAR, **changes: Any) -> Delivery:
    return enter_delivery(delivery_facts(order, **changes), by=HERE, at=at)


def a_case(supplier: Supplier, *, at: datetime = NEW_YEAR, **changes: Any) -> AfterSalesCase:
    """A case due on 20 June, closed on its last day."""
    values: dict[str, Any] = {
        "company": a_company(),
        "number": f"SH{next(_numbers):06d}",
        "subject": "阀门渗漏",
        "opened_on": date(2026, 6, 1),
        "due_on": date(2026, 6, 20),
        "closed_on": date(2026, 6, 20),
    }
    return open_case(CaseFacts(supplier=supplier, **(values | changes)), by=HERE, at=at)


def a_supply_list(company: Company) -> SupplyList:
    """A list of which one row was refused, as the preview left it."""
    return SupplyList.objects.create(
        company=company,
        kind=ListKind.DELIVERIES,
        file_name="a.csv",
        file=ContentFile(b"", name="a.csv"),
        refused_file=ContentFile(b"", name="b.xlsx"),
        sha256="",
        dry_run=True,
        imported_at=NEW_YEAR,
    )


def one_of_each(company: Company) -> list[SupplyEntry | SupplyList]:
    """One entry of every kind and a list of them, all of one company."""
    supplier, day = a_supplier(int(company.code)), date(2026, 9, 30)
    order = an_order(supplier, company=company)
    evaluation = EvaluationFacts(company, supplier, "RW-1", "入网工程", day, Decimal(90))
    deduction = DeductionFacts(company, supplier, "KX-1", "入网工程", day, 100, "拖欠工资")
    return [
        order,
        a_delivery(order),
        a_case(supplier, company=company),
        record_evaluation(evaluation, by=HERE, at=NEW_YEAR),
        deduct_wages(deduction, by=HERE, at=NEW_YEAR),
        a_supply_list(company),
    ]
