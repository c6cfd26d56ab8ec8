"""Suppliers and orders of a list: each sound row goes through the operation that a clerk calls."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.models import Company
from office.refusals import Refused
from suppliers.models import ListKind, Supplier, SupplyCategory, SupplyOrder
from suppliers.registry.facts import ContactFacts, OwnerFacts, SupplierFacts, checked_credit_code
from suppliers.registry.operations import register_supplier
from suppliers.supply_record.facts import OrderFacts
from suppliers.supply_record.operations import enter_order

# Enters the values of a row; returns whether they were new.
Enter = Callable[[Mapping[str, Any]], bool]


def entering(kind: ListKind, company: Company, *, by: Actor, at: datetime) -> Enter:
    """Returns the function that enters the rows of suppliers or orders, one at a time."""
    if kind is ListKind.SUPPLIERS:
        return lambda values: _enter_supplier(values, by=by, at=at)
    categories = {
        category.code: category for category in SupplyCategory.objects.filter(in_use=True)
    }
    return lambda values: _enter_order(values, company, categories, by=by, at=at)


def _enter_supplier(values: Mapping[str, Any], *, by: Actor, at: datetime) -> bool:
    """Enters a supplier; one that is on file under the same name and code stays as it is."""
    registered = Supplier.objects.filter(
        credit_code=checked_credit_code(values["credit_code"])
    ).first()
    if registered is not None and registered.name == values["name"]:
        return False
    contacts: tuple[ContactFacts, ...] = ()
    if values["contact"]:
        contacts = (ContactFacts(values["contact"], values["contact_phone"]),)
    register_supplier(
        SupplierFacts(
            credit_code=values["credit_code"],
            name=values["name"],
            representative=values["representative"],
            region=values["region"],
            address=values["address"],
            phone=values["phone"],
            founded_on=values["founded_on"],
            remark=values["remark"],
            owners=(OwnerFacts(values["owner"]),) if values["owner"] else (),
            contacts=contacts,
        ),
        by=by,
        at=at,
    )
    return True


def _enter_order(
    values: Mapping[str, Any],
    company: Company,
    categories: Mapping[str, SupplyCategory],
    *,
    by: Actor,
    at: datetime,
) -> bool:
    supplier = Supplier.objects.filter(
        credit_code=checked_credit_code(values["credit_code"])
    ).first()
    if supplier is None:
        raise Refused("supplier_unknown", _("没有这个统一社会信用代码的供应商。"))
    category = categories.get(values["category"])
    if category is None:
        raise Refused("category_unknown", _("没有编码为这个的在用采购类别。"))
    on_file = SupplyOrder.objects.filter(company=company, number=values["number"]).exists()
    facts = {
        name: value for name, value in values.items() if name not in ("credit_code", "category")
    }
    enter_order(
        OrderFacts(company=company, supplier=supplier, category=category, **facts), by=by, at=at
    )
    return not on_file
