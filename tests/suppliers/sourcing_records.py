"""Sourcings for tests, at whatever step one is needed, made by the operations that staff use."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model

from office.actors import Actor
from office.head_office import head_office
from office.models import Company, User
from office.refusals import Refused
from suppliers.models import (
    CollusionLead,
    Invitation,
    Offer,
    Signal,
    Sourcing,
    Strength,
    Supplier,
)
from suppliers.sourcing.offers import submit_offer
from suppliers.sourcing.opening import open_offers, unlock_offers
from suppliers.sourcing.operations import (
    ItemFacts,
    RequestFacts,
    invite_suppliers,
    request_sourcing,
)
from suppliers.sourcing.sealed_offers import OfferSheet
from tests.suppliers.admission_records import People, qualified
from tests.suppliers.supplier_records import NOON, a_category, a_supplier

OFFERS_UNTIL = NOON + timedelta(days=7)
SUPPLIER = Actor.customer("供应商")


def qualified_suppliers(staff: People, count: int = 3) -> list[Supplier]:
    """Suppliers that are independent of each other and qualified for the category 01."""
    return [
        qualified(staff, a_supplier(number), a_category()).supplier
        for number in range(1, count + 1)
    ]


def a_sourcing(staff: People, offers_until: datetime = OFFERS_UNTIL) -> Sourcing:
    """A request of the head office for ten elbows and 2.5 tonnes of pipe."""
    items = [
        ItemFacts("DN200 弯头", Decimal(10), "件"),
        ItemFacts("DN200 钢管", Decimal("2.5"), "吨"),
    ]
    facts = RequestFacts(head_office(), a_category(), "管件采购", items, offers_until)
    return request_sourcing(facts, by=staff.buyer, at=NOON)


def sourcing_rows(company: Company, buyer: User) -> list[Model]:
    """One record of every kind that the screens of sourcing show, of one company."""
    sourcing = Sourcing.objects.create(
        company=company,
        number=f"CG{company.code}-1",
        category=a_category(),
        title="管件采购",
        offers_until=OFFERS_UNTIL,
        requested_by=buyer,
        requested_at=NOON,
    )
    supplier = a_supplier(500 + int(company.code))
    Invitation.objects.create(
        sourcing=sourcing, supplier=supplier, invited_by=buyer, invited_at=NOON
    )
    lead = CollusionLead.objects.create(
        sourcing=sourcing,
        signal=Signal.SHARED_DEVICE,
        strength=Strength.STRONG,
        evidence="x",
        found_at=NOON,
    )
    return [sourcing, lead]


def a_sheet(sourcing: Sourcing, *prices: int, **changes: Any) -> OfferSheet:
    """An offer of these prices in fen a unit, item by item, without tax and freight."""
    values: dict[str, Any] = {
        "prices": dict(zip(sourcing.items.values_list("pk", flat=True), prices, strict=True)),
        "with_tax": False,
        "vat_rate": Decimal("0.13"),
        "freight_fen": 0,
        "delivery_days": 15,
        "contact": "赵强",
        "phone": "13800000000",
    }
    return OfferSheet(**(values | changes))


def offered(
    staff: People, sourcing: Sourcing, sheets: Sequence[OfferSheet], suppliers: Sequence[Supplier]
) -> list[Offer]:
    """The offers of these suppliers, each sent by its link, a minute after the invitation."""
    secrets = invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)
    sourcing.refresh_from_db()
    return [
        submit_offer(secrets[supplier], sheet, by=SUPPLIER, at=NOON + timedelta(minutes=1))
        for supplier, sheet in zip(suppliers, sheets, strict=True)
    ]


def opened(staff: People, sourcing: Sourcing) -> Sourcing:
    """The sourcing after the buyer and the manager have opened its offers."""
    unlock_offers(sourcing, by=staff.buyer, at=OFFERS_UNTIL)
    return open_offers(sourcing, by=staff.manager, at=OFFERS_UNTIL)


def refusal(error: type[Refused], operation: Callable[[], object]) -> str:
    """The code with which an operation is refused."""
    with pytest.raises(error) as refused:
        operation()
    return refused.value.code
