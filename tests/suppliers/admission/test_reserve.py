"""Check 4: a category with three qualified suppliers, two with one representative, counts two."""

import pytest

from suppliers.admission.reserve import Reserve, reserves_at, short_categories
from suppliers.admission.standing import qualified_suppliers
from tests.suppliers.admission_records import people, qualified
from tests.suppliers.supplier_records import NOON, a_category, a_supplier

pytestmark = pytest.mark.django_db


class TestCheck4:
    def test_two_with_one_representative_count_as_one(self) -> None:
        staff, category, other = people(), a_category("01"), a_category("02")
        suppliers = [
            a_supplier(1, representative="王建国"),
            a_supplier(2, representative="王 建国"),
            a_supplier(3),
        ]
        for supplier in suppliers:
            qualified(staff, supplier, category)
        assert qualified_suppliers([category.pk], NOON) == {
            category.pk: {supplier.pk for supplier in suppliers}
        }
        assert reserves_at(NOON) == {category.pk: Reserve(3, 2), other.pk: Reserve(0, 0)}
        assert list(short_categories(NOON)) == [category, other]
        qualified(staff, a_supplier(4), category)
        assert reserves_at(NOON)[category.pk] == Reserve(4, 3)
        assert list(short_categories(NOON)) == [other]
