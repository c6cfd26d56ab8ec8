"""Orders are taken from suppliers that are qualified when the order is placed.

suppliers.md, checks 1 and 5: refused by name of what is missing; a paper that ends today in
Shanghai lets an order pass at 23:58 and none at 00:01.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from office.refusals import Refused
from suppliers.models import ListKind, PaperRequirement, PaperType, SupplyOrder, TrialRole
from suppliers.supply_record.operations import enter_order
from tests.builders import HERE
from tests.suppliers.admission_records import people, qualified, tried
from tests.suppliers.supplier_records import NOON, a_category, a_supplier, a_verified_paper
from tests.suppliers.supply_lists.lists import ORDER, reasons, take
from tests.suppliers.supply_records import NEW_YEAR, a_delivery, order_facts

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


class TestCheck1:
    def test_a_refused_trial_lets_no_order_pass(self) -> None:
        admission = tried(people(), against=TrialRole.TECHNICAL)
        with pytest.raises(Refused, match="试用未通过（技术不同意）"):
            enter_order(order_facts(admission.supplier, ordered_on=TODAY), by=HERE, at=NOON)
        assert SupplyOrder.objects.count() == 0

    def test_an_expired_iso_45001_lets_no_order_pass_and_is_named(self) -> None:
        staff, supplier, category = people(), a_supplier(), a_category()
        a_verified_paper(
            supplier, PaperType.ISO_45001, verifier=staff.technician, valid_until=date(2026, 3, 31)
        )
        PaperRequirement.objects.create(
            paper_type=PaperType.ISO_45001,
            category=category,
            starts=date(2026, 1, 1),
            source="采购制度",
        )
        qualified(staff, supplier, category)
        order = enter_order(order_facts(supplier, ordered_on=TODAY), by=HERE, at=NOON)
        april = NOON + timedelta(days=40)
        with pytest.raises(Refused, match="ISO 45001）：已过期或尚未生效"):
            enter_order(order_facts(supplier, ordered_on=date(2026, 4, 11)), by=HERE, at=april)
        assert SupplyOrder.objects.count() == 1
        # The paper expired during the order: what was ordered before is still taken in.
        a_delivery(order, at=april, actual_on=date(2026, 4, 10))
        assert order.deliveries.count() == 1

    def test_a_list_is_refused_in_the_same_words(self) -> None:
        a_supplier(1), a_category()
        record = take(
            ListKind.ORDERS, {**ORDER, "下单日期": "2027-01-04", "约定交货日": "2027-02-01"}
        )
        assert reasons(record) == [
            (2, "", "第1管件有限公司 不能批量供应“01 类别01”，缺：没有申请准入。")
        ]
        assert SupplyOrder.objects.count() == 0

    def test_history_is_entered_for_the_record(self) -> None:
        later = NEW_YEAR.date()
        old = order_facts(ordered_on=later - timedelta(days=32), promised_on=later)
        young = order_facts(old.supplier, ordered_on=later - timedelta(days=31), promised_on=later)
        enter_order(old, by=HERE, at=NEW_YEAR)
        with pytest.raises(Refused, match="没有申请准入"):
            enter_order(young, by=HERE, at=NEW_YEAR)
        assert SupplyOrder.objects.count() == 1


class TestCheck5:
    def test_a_paper_that_ends_today_counts_until_midnight_in_shanghai(self) -> None:
        staff, supplier, category = people(), a_supplier(), a_category()
        a_verified_paper(supplier, PaperType.ISO_9001, verifier=staff.technician, valid_until=TODAY)
        PaperRequirement.objects.create(
            paper_type=PaperType.ISO_9001,
            category=category,
            starts=date(2026, 1, 1),
            source="采购制度",
        )
        qualified(staff, supplier, category)
        at_23_58 = datetime(2026, 3, 2, 15, 58, tzinfo=UTC)
        at_00_01 = datetime(2026, 3, 2, 16, 1, tzinfo=UTC)
        enter_order(order_facts(supplier, ordered_on=TODAY), by=HERE, at=at_23_58)
        with pytest.raises(Refused, match="已过期"):
            enter_order(order_facts(supplier, ordered_on=date(2026, 3, 3)), by=HERE, at=at_00_01)
        # What was ordered yesterday may be entered today.
        enter_order(order_facts(supplier, ordered_on=TODAY), by=HERE, at=at_00_01)
        assert SupplyOrder.objects.count() == 2
