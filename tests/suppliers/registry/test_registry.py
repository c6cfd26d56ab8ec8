"""The registry: entering, changing and merging suppliers, and who is related to whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from heating.roles import AGENT, PROCUREMENT, PROCUREMENT_MANAGER
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import Region, Supplier, SupplierOwner, TraitKind
from suppliers.registry.facts import ContactFacts, OwnerFacts
from suppliers.registry.operations import (
    change_supplier_facts,
    declare_relation,
    end_relation,
    merge_suppliers,
    register_supplier,
)
from suppliers.registry.relations import independent_among, relations_of
from tests.builders import a_company, a_member_of_staff
from tests.suppliers.supplier_records import NOON, a_credit_code, a_supplier, facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Actor:
    return Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, a_company()))


@pytest.fixture
def manager() -> Actor:
    return Actor.staff(a_member_of_staff("采购主管", PROCUREMENT_MANAGER, a_company()))


class TestRegisterSupplier:
    def test_facts_are_kept_in_one_form(self, buyer: Actor) -> None:
        code = a_credit_code(7)
        wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code.lower())
        supplier = register_supplier(
            facts(
                7,
                credit_code=f" {wide} ",
                phone="０３５１－７６５４３２１",
                owners=(OwnerFacts("王建国", Decimal("60.00")), OwnerFacts("李敏")),
                contacts=(ContactFacts("赵强", "138 0000 0000", "经理"),),
            ),
            by=buyer,
            at=NOON,
        )
        supplier.refresh_from_db()
        assert (supplier.credit_code, supplier.phone) == (code, "0351-7654321")
        assert set(supplier.owners.values_list("name", "share_percent")) == {
            ("李敏", None),
            ("王建国", Decimal("60.00")),
        }
        assert list(supplier.contacts.values_list("name", "phone", "duty")) == [
            ("赵强", "13800000000", "经理")
        ]
        assert set(supplier.traits.values_list("kind", "value")) == {
            (TraitKind.REPRESENTATIVE, "法人7"),
            (TraitKind.ADDRESS, "太原市迎泽大街7号"),
            (TraitKind.OWNER, "王建国"),
            (TraitKind.OWNER, "李敏"),
            (TraitKind.PHONE, "03517654321"),
            (TraitKind.PHONE, "13800000000"),
        }
        assert JournalEntry.objects.get(action="register_supplier").facts == {"number": code}

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"credit_code": "91140100000000001"}, "credit_code_wrong"),
            ({"credit_code": a_credit_code(1)[:-1] + "0"}, "credit_code_checksum"),
            ({"name": " 　 "}, "fact_missing"),
            ({"representative": ""}, "fact_missing"),
            ({"address": "\t"}, "fact_missing"),
            ({"phone": "12"}, "phone_wrong"),
            ({"founded_on": date(2026, 3, 3)}, "founded_in_future"),
            ({"owners": (OwnerFacts("甲"), OwnerFacts(" 甲"))}, "owner_twice"),
            (
                {"owners": (OwnerFacts("甲", Decimal(60)), OwnerFacts("乙", Decimal("40.01")))},
                "shares_beyond_100",
            ),
        ],
    )
    def test_what_cannot_be_right_is_refused(
        self, changes: dict[str, object], code: str, buyer: Actor
    ) -> None:
        with pytest.raises(Invalid) as refused:
            register_supplier(facts(1, **changes), by=buyer, at=NOON)
        assert refused.value.code == code
        assert Supplier.objects.count() == 0

    def test_a_known_code_names_the_firm_that_has_it(self, buyer: Actor) -> None:
        a_supplier(1)
        with pytest.raises(Refused, match="已登记为 第1管件有限公司"):
            register_supplier(facts(2, credit_code=a_credit_code(1).lower()), by=buyer, at=NOON)
        assert Supplier.objects.count() == 1

    def test_other_desks_may_not(self) -> None:
        agent = Actor.staff(a_member_of_staff("客服", AGENT, a_company()))
        with pytest.raises(NotAllowed):
            register_supplier(facts(), by=agent, at=NOON)
        assert Supplier.objects.count() == 0

    def test_the_database_refuses_a_code_in_another_form(self) -> None:
        supplier = a_supplier(1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Supplier.objects.filter(pk=supplier.pk).update(credit_code="91140100000000001x")


@pytest.mark.django_db(transaction=True)
def test_the_same_code_entered_at_once_ends_in_the_sentence() -> None:
    buyer = Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, a_company()))

    def enter(_number: int) -> str:
        try:
            register_supplier(facts(1), by=buyer, at=NOON)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "registered"

    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(enter, range(4)))
    assert outcomes == ["credit_code_taken"] * 3 + ["registered"]
    assert Supplier.objects.count() == 1


class TestChangeSupplierFacts:
    def test_the_history_holds_only_what_changed(self, buyer: Actor) -> None:
        supplier = a_supplier(1, owners=(OwnerFacts("甲"), OwnerFacts("乙")))
        change_supplier_facts(
            supplier,
            facts(1, region=Region.EAST, owners=(OwnerFacts("甲"), OwnerFacts("丙"))),
            by=buyer,
            at=NOON,
        )
        supplier.refresh_from_db()
        assert supplier.region == Region.EAST
        assert set(supplier.owners.values_list("name", flat=True)) == {"甲", "丙"}
        history = SupplierOwner.pgh_event_model.objects  # type: ignore[attr-defined]
        assert list(history.values_list("name", "pgh_label")) == [("乙", "delete")]
        line = JournalEntry.objects.get(action="change_supplier_facts")
        assert line.facts == {"fields": ["region"]}

    def test_a_code_that_another_firm_has_is_refused(self, buyer: Actor) -> None:
        a_supplier(1)
        second = a_supplier(2)
        with pytest.raises(Refused) as refused:
            change_supplier_facts(second, facts(2, credit_code=a_credit_code(1)), by=buyer, at=NOON)
        assert refused.value.code == "credit_code_taken"
        second.refresh_from_db()
        assert second.credit_code == a_credit_code(2)


class TestMergeSuppliers:
    def test_the_duplicate_is_put_aside_and_what_was_merged_before_follows(
        self, manager: Actor
    ) -> None:
        first, second, third = a_supplier(1), a_supplier(2), a_supplier(3)
        merge_suppliers(first, second, reason="同一企业更名", by=manager, at=NOON)
        merge_suppliers(second, third, reason="同一企业更名", by=manager, at=NOON)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.merged_into_id, second.merged_into_id) == (third.pk, third.pk)
        assert JournalEntry.objects.filter(action="merge_suppliers").count() == 4

    def test_a_merged_record_takes_part_in_nothing_new(self, manager: Actor) -> None:
        first, second = a_supplier(1), a_supplier(2)
        merge_suppliers(first, second, reason="重复建档", by=manager, at=NOON)
        with pytest.raises(Refused, match="已并入 第2管件有限公司"):
            change_supplier_facts(first, facts(1, name="改名"), by=manager, at=NOON)
        with pytest.raises(Refused, match="已并入"):
            merge_suppliers(second, first, reason="反过来", by=manager, at=NOON)
        second.refresh_from_db()
        assert second.merged_into is None

    def test_a_buyer_may_not_merge(self, buyer: Actor) -> None:
        first, second = a_supplier(1), a_supplier(2)
        with pytest.raises(NotAllowed):
            merge_suppliers(first, second, reason="重复", by=buyer, at=NOON)
        first.refresh_from_db()
        assert first.merged_into is None


class TestRelations:
    def test_shared_traits_are_found_however_they_are_typed(self) -> None:
        first = a_supplier(1, address="太原市迎泽大街1号（A座）", phone="13800000000")
        second = a_supplier(2, address="太原市 迎泽大街１号(a座)")
        third = a_supplier(3, contacts=(ContactFacts("李四", "138-0000-0000"),))
        fourth = a_supplier(4)
        assert [(row.other, row.kind) for row in relations_of(first)] == [
            (second, TraitKind.ADDRESS),
            (third, TraitKind.PHONE),
        ]
        everybody = [first.pk, second.pk, third.pk, fourth.pk]
        assert independent_among(everybody) == [{first.pk, second.pk, third.pk}, {fourth.pk}]

    def test_a_chain_leads_through_suppliers_that_are_not_asked_about(self) -> None:
        first = a_supplier(1, representative="张三")
        a_supplier(2, representative="张三", phone="13900000000")
        last = a_supplier(3, phone="13900000000")
        assert independent_among([first.pk, last.pk]) == [{first.pk, last.pk}]

    def test_a_declared_relation_counts_until_it_is_ended(self, buyer: Actor) -> None:
        first, second = a_supplier(1), a_supplier(2)
        relation = declare_relation(second, first, reason="夫妻", by=buyer, at=NOON)
        assert independent_among([first.pk, second.pk]) == [{first.pk, second.pk}]
        with pytest.raises(Refused, match="已经登记"):
            declare_relation(first, second, reason="夫妻", by=buyer, at=NOON)
        end_relation(relation, reason="已离婚", by=buyer, at=NOON)
        assert independent_among([first.pk, second.pk]) == [{first.pk}, {second.pk}]
        with pytest.raises(Refused, match="已经解除"):
            end_relation(relation, reason="再来", by=buyer, at=NOON)

    def test_a_merged_record_relates_to_nobody(self, manager: Actor) -> None:
        first = a_supplier(1, representative="张三")
        second = a_supplier(2, representative="张三")
        merge_suppliers(first, second, reason="重复建档", by=manager, at=NOON)
        assert relations_of(second) == []
