"""What the procurement platform sends: suppliers, orders and deliveries, each once.

The platform's token names its company. What it sends twice is entered once, and other facts under
the same number are refused: a correction is made at a desk, by somebody who says why.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.models import MachineToken
from office.refusals import Refused
from suppliers.models import Delivery, Supplier, SupplyCategory, SupplyOrder
from suppliers.registry.facts import SupplierFacts, checked_credit_code, checked_facts
from suppliers.registry.operations import enter_supplier
from suppliers.supply_record.facts import DeliveryFacts, OrderFacts
from suppliers.supply_record.operations import enter_entry, refuse_withdrawn

_COMPARED = ("name", "representative", "region", "address", "phone", "founded_on")


@dataclass(frozen=True)
class Pushed:
    """The record that answers a push, and whether it was new."""

    record: Any
    created: bool


@transaction.atomic
def push_supplier(facts: SupplierFacts, *, by: Actor, at: datetime) -> Pushed:
    """Enters a supplier that is not on file; the same one sent again is answered as before.

    No permission: the machine's token lets it push. The step writes the line in the journal.
    """
    checked = checked_facts(facts, on=business_date(at))
    registered = Supplier.objects.filter(credit_code=checked.credit_code).first()
    if registered is None:
        return Pushed(enter_supplier(facts, by=by, at=at), created=True)
    differing = [
        str(field.verbose_name)
        for field in Supplier._meta.concrete_fields  # noqa: SLF001
        if field.name in _COMPARED
        and getattr(registered, field.name) != getattr(checked, field.name)
    ]
    if differing:
        raise Refused(
            "supplier_differs",
            _("%(number)s 已登记，%(fields)s与档案不同；需要更改的请由采购部门修改档案。"),
            number=checked.credit_code,
            fields="、".join(differing),
        )
    return Pushed(registered, created=False)


@transaction.atomic
def push_order(
    machine: MachineToken,
    *,
    credit_code: str,
    category: str,
    by: Actor,
    at: datetime,
    **facts: Any,
) -> Pushed:
    """Enters an order of the machine's company; the same one sent again is answered as before.

    Refuses what `enter_order` refuses: a supplier that is not qualified or is on the blacklist. No
    permission: the machine's token names the company. The step writes the line in the journal.
    """
    supplier = Supplier.objects.filter(credit_code=checked_credit_code(credit_code)).first()
    if supplier is None:
        raise Refused("supplier_unknown", _("没有这个统一社会信用代码的供应商，请先推送供应商。"))
    bought = SupplyCategory.objects.filter(code=category.strip().upper(), in_use=True).first()
    if bought is None:
        raise Refused(
            "category_unknown", _("没有编码为 %(category)s 的在用采购类别。"), category=category
        )
    order = OrderFacts(company=machine.company, supplier=supplier, category=bought, **facts)
    entry = enter_entry(SupplyOrder, "enter_order", order, by=by, at=at)
    return Pushed(entry, created=entry.entered_at == at)


@transaction.atomic
def push_delivery(
    machine: MachineToken,
    *,
    order: str,
    number: str,
    promised_on: date,
    actual_on: date | None,
    received: Decimal,
    accepted: Decimal,
    by: Actor,
    at: datetime,
) -> Pushed:
    """Enters a delivery of an order of the machine's company, also from a supplier that has come
    onto the blacklist since; the same one sent again is answered as before.

    No permission: the machine's token names the company. The step writes the line in the journal.
    """
    placed = (
        SupplyOrder.objects.standing()
        .select_related("original", "supplier", "company")
        .filter(company=machine.company, number=clean_text(order))
        .first()
    )
    if placed is None:
        raise Refused(
            "order_unknown", _("没有编号为 %(number)s 的有效订单，请先推送订单。"), number=order
        )
    refuse_withdrawn(placed)
    facts = DeliveryFacts(placed, number, promised_on, actual_on, received, accepted)
    entry = enter_entry(Delivery, "enter_delivery", facts, by=by, at=at)
    return Pushed(entry, created=entry.entered_at == at)
