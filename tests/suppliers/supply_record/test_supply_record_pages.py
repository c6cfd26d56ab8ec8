"""The screens of the supply record: entering, correcting, and the chain of entries."""

import pytest
from django.test import Client
from django.urls import reverse

from heating.roles import PROCUREMENT, PROCUREMENT_MANAGER
from suppliers.models import Delivery, SupplyOrder
from tests.builders import a_company, a_member_of_staff
from tests.suppliers.supplier_records import a_category, a_credit_code, a_supplier
from tests.suppliers.supply_records import a_delivery, an_order

pytestmark = pytest.mark.django_db


def test_an_order_is_typed_in(client: Client) -> None:
    client.force_login(a_member_of_staff("采购甲", PROCUREMENT, a_company()))
    supplier = a_supplier()
    sheet = {
        "company": a_company().pk,
        "number": "CG-7",
        "supplier": a_credit_code(1).lower(),
        "category": a_category().pk,
        "item": "球阀",
        "unit": "只",
        "quantity": "12",
        "unit_price": "1,234.50",
        "lowest_price": "",
        "ordered_on": "2026-04-01",
        "promised_on": "2026-03-01",
    }
    address = reverse("admin:suppliers_supplyorder_add")
    refused = client.post(address, sheet)
    assert refused.status_code == 422
    assert "约定交货日不能早于下单日期" in refused.content.decode()
    answer = client.post(address, sheet | {"promised_on": "2026-05-01"})
    order = SupplyOrder.objects.get()
    assert answer.status_code == 302
    assert (order.supplier, order.unit_price_fen, order.lowest_price_fen) == (
        supplier,
        123450,
        None,
    )


def test_a_delivery_is_corrected_and_both_stand_on_the_page(client: Client) -> None:
    client.force_login(a_member_of_staff("采购主管", PROCUREMENT_MANAGER, a_company()))
    delivery = a_delivery(an_order())
    page = client.get(reverse("admin:suppliers_delivery_change", args=[delivery.pk]))
    assert 'value="2026-05-01"' in page.content.decode()
    client.post(
        reverse("admin:suppliers_delivery_correct_entry", args=[delivery.pk]),
        {
            "promised_on": "2026-05-01",
            "actual_on": "2026-05-02",
            "received": "100",
            "accepted": "98.5",
            "reason": "复验",
        },
    )
    corrected = Delivery.objects.standing().get()
    shown = client.get(reverse("admin:suppliers_delivery_change", args=[corrected.pk]))
    assert "复验" in shown.content.decode()
    assert "98.500" in shown.content.decode()
    stale = client.get(reverse("admin:suppliers_delivery_change", args=[delivery.pk]))
    assert reverse("admin:suppliers_delivery_change", args=[corrected.pk]) in stale.content.decode()
    listed = client.get(reverse("admin:suppliers_delivery_changelist"))
    assert [row.pk for row in listed.context["cl"].result_list] == [corrected.pk]
    replaced = client.get(reverse("admin:suppliers_delivery_changelist") + "?standing=replaced")
    assert [row.pk for row in replaced.context["cl"].result_list] == [delivery.pk]
