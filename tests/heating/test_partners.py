"""The island reads of outside partners what the suppliers' desks enter, through `heating` alone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from heating.partners import SupplierRecords
from office.refusals import Invalid
from suppliers.admission.qualification import qualify_supplier
from suppliers.models import PaperType, Supplier
from suppliers.registry.operations import merge_suppliers
from suppliers.supply_record.operations import correct_entry, withdraw_entry
from tests.builders import HERE
from tests.suppliers.admission_records import LAST_DAY, people, qualified, tried
from tests.suppliers.blacklist_records import a_ban
from tests.suppliers.supplier_records import a_category, a_supplier, a_verified_paper
from tests.suppliers.supply_records import an_order, order_facts
from tests.whistleblowing.island_records import NOON, a_report, an_officer, signed_in
from tests.whistleblowing.what_is_stored import every_row
from whistleblowing.integrity.partners import Dealing, partner_rate
from whistleblowing.integrity.queries import PledgeRate
from whistleblowing.officers.operations import Duties
from whistleblowing.protection.operations import Protected, begin_watch
from whistleblowing.protection.queries import watched_people

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 2), date(2026, 12, 31)
LAST_OF_ALL = date(2028, 12, 31)
SUMMER = datetime(2026, 7, 1, 4, tzinfo=UTC)
RECORDS = SupplierRecords()


def _dealings(
    supplier: Supplier, since: date = FIRST, until: date = LAST
) -> list[tuple[date, str, str, str]]:
    rows = RECORDS.dealings([supplier.pk], since, until)
    return [(row.day, str(row.what), row.subject, row.reason) for row in rows]


def test_orders_that_are_withdrawn_or_lowered_are_dealings() -> None:
    supplier = a_supplier()
    first = an_order(supplier, at=SUMMER, number="A1")
    facts: dict[str, Any] = {"supplier": supplier, "company": first.company, "number": "A1"}
    more = order_facts(**facts, quantity=Decimal(120))
    raised = correct_entry(first, more, reason="增补", by=HERE, at=SUMMER)
    less = order_facts(**facts, quantity=Decimal("80.5"))
    lowered = correct_entry(raised, less, reason="减少采购", by=HERE, at=SUMMER)
    withdraw_entry(lowered, reason="不再合作", by=HERE, at=SUMMER + timedelta(days=1))
    an_order(a_supplier(2), at=SUMMER)
    assert _dealings(supplier) == [
        (date(2026, 7, 1), "采购订单减量", "A1（120 → 80.5 米）", "减少采购"),
        (date(2026, 7, 2), "采购订单撤销", "A1", "不再合作"),
    ]
    assert _dealings(supplier, date(2026, 7, 2)) == _dealings(supplier)[1:]


def test_a_ban_and_a_qualification_that_was_not_renewed_are_dealings() -> None:
    staff, supplier, category = people(), a_supplier(), a_category()
    qualified(staff, supplier, category)
    new_year = date(2028, 1, 1)
    ended = (new_year, "供货资格到期未续", str(category), "")
    assert _dealings(supplier, until=LAST_DAY) == []
    assert _dealings(supplier, until=new_year) == [ended]
    # Renewed before it ends; the second one ends a year later.
    qualify_supplier(
        tried(staff, supplier, category), valid_until=LAST_OF_ALL, by=staff.manager, at=NOON
    )
    assert _dealings(supplier, until=LAST_OF_ALL) == []
    a_ban(staff, supplier, at=SUMMER)
    assert _dealings(supplier, until=LAST_OF_ALL + timedelta(days=1)) == [
        (date(2026, 7, 1), "被列入黑名单", "全部类别", "围标"),
        (date(2029, 1, 1), *ended[1:]),
    ]


def test_a_partner_is_found_by_its_name_and_through_a_merge() -> None:
    old, remaining = a_supplier(1, name="双良（太原）阀门厂"), a_supplier(2)
    assert RECORDS.named("双良(太原) 阀门厂") == [old.pk]
    assert RECORDS.named("双良") == []
    order = an_order(remaining, at=SUMMER, number="B1")
    withdraw_entry(order, reason="x", by=HERE, at=SUMMER)
    merge_suppliers(old, remaining, reason="重复建档", by=HERE, at=SUMMER)
    assert [each[1] for each in _dealings(old)] == ["采购订单撤销"]


def test_a_watch_over_a_partner_shows_the_officer_what_the_buyers_did() -> None:
    head = an_officer()
    protector = an_officer("护一", Duties(protects_reporters=True), by=head)
    report, _ = a_report()
    supplier = a_supplier(name="双良阀门厂")
    begin_watch(report, Protected("双良 阀门厂", "partner", "合同到期前询问"), by=head, at=NOON)
    with pytest.raises(Invalid, match="身份"):
        begin_watch(report, Protected("双良阀门厂", "friend", "x"), by=head, at=NOON)
    (watched,) = watched_people(protector, FIRST + timedelta(days=1))
    assert (watched.name, watched.role, watched.changes, watched.is_recorded) == (
        *("双良阀门厂", "外部合作单位", []),
        True,
    )
    withdraw_entry(an_order(supplier, at=SUMMER, number="C1"), reason="换供", by=HERE, at=SUMMER)
    (watched,) = watched_people(protector, LAST)
    assert [(each.day, str(each.what), each.post, each.reason) for each in watched.changes] == [
        (date(2026, 7, 1), "采购订单撤销", "C1", "换供")
    ]
    assert watched.is_new
    with translation.override("en"):
        assert str(watched.role) == "Outside partner"
        assert str(watched.changes[0].what) == "Order withdrawn"
    page = signed_in(protector).get("/audit/protection").content.decode()
    assert "采购订单撤销" in page
    # Nothing in clear brings the firm and the watch together.
    island = [row for table, row in every_row() if table.startswith("whistleblowing_")]
    assert [row for row in island if "双良" in row] == []


def test_whom_no_record_has_is_watched_by_questions_alone() -> None:
    head = an_officer()
    protector = an_officer("护一", Duties(protects_reporters=True), by=head)
    report, _ = a_report()
    begin_watch(report, Protected("无名工程队", "partner", "询问"), by=head, at=NOON)
    (watched,) = watched_people(protector, LAST)
    assert (watched.changes, watched.is_recorded) == ([], False)
    page = signed_in(protector).get("/audit/protection").content.decode()
    assert "只能靠询问" in page


def test_the_rate_of_signed_pledges_is_that_of_the_suppliers_report() -> None:
    signed, _unsigned = a_supplier(1), a_supplier(2)
    verifier = people().manager
    a_verified_paper(signed, PaperType.INTEGRITY_PLEDGE, verifier=verifier)
    assert partner_rate(2026, NOON) == PledgeRate("", 2, 1)
    assert partner_rate(2025, NOON) == PledgeRate("", 0, 0)
    head = an_officer()
    page = signed_in(head).get("/audit/integrity?year=2026").content.decode()
    assert "在册供应商 2 家，已签并核验 1 家，50.0 %" in page


def test_dealings_say_nothing_of_nobody() -> None:
    assert RECORDS.dealings([], FIRST, LAST) == []
    assert Dealing(FIRST, "x", "y").reason == ""
