"""The lists of the suppliers' desks ask the database as often for many rows as for few."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heating.roles import AUDITOR
from suppliers.models import CollusionLead, Signal, Strength
from tests.builders import a_company, a_member_of_staff
from tests.suppliers.admission_records import People, people, qualified
from tests.suppliers.blacklist_records import a_proposed_ban
from tests.suppliers.sourcing_records import a_sourcing
from tests.suppliers.supplier_records import NOON, a_category, a_supplier
from tests.suppliers.supply_records import a_case, a_delivery, an_order

pytestmark = pytest.mark.django_db
LISTS = (
    *("supplier", "supplierpaper", "supplierbankaccount", "admission", "qualification", "ban"),
    *("sourcing", "collusionlead", "supplyorder", "delivery", "aftersalescase"),
)


def one_of_each(staff: People, number: int) -> None:
    """One row more in every list but those of papers and accounts."""
    supplier = qualified(staff, a_supplier(number), a_category()).supplier
    a_delivery(an_order(supplier))
    a_case(supplier)
    a_proposed_ban(staff, supplier)
    lead = CollusionLead.objects.create(
        sourcing=a_sourcing(staff),
        signal=Signal.SHARED_DEVICE,
        strength=Strength.STRONG,
        evidence="d",
        found_at=NOON,
    )
    lead.suppliers.add(supplier)


def test_each_list_takes_at_most_fifteen_statements_for_one_row_and_for_four() -> None:
    staff, client = people(), Client()
    client.force_login(a_member_of_staff("审计", AUDITOR, a_company()))
    counts: list[dict[str, int]] = []
    for numbers in ((1,), (2, 3, 4)):
        for number in numbers:
            one_of_each(staff, number)
        counts.append({})
        for name in LISTS:
            page = reverse(f"admin:suppliers_{name}_changelist")
            # What belongs to the session is asked for once, before anything is counted.
            client.get(page)
            cache.clear()
            with CaptureQueriesContext(connection) as statements:
                assert client.get(page).status_code == 200
            counts[-1][name] = len(statements)
    few, many = counts
    assert few == many
    assert {name: count for name, count in many.items() if count > 15} == {}
