"""Entries of the supply record are made once and never changed; a correction is a new entry."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from heating.roles import CLERK
from office.actors import Actor
from office.models import Company, JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import (
    AfterSalesCase,
    Delivery,
    Evaluation,
    Supplier,
    SupplyOrder,
    WageDeduction,
)
from suppliers.registry.operations import merge_suppliers
from suppliers.supply_record.facts import CaseFacts, DeductionFacts, EvaluationFacts
from suppliers.supply_record.operations import (
    close_case,
    correct_entry,
    deduct_wages,
    enter_delivery,
    enter_order,
    lift_breach,
    open_case,
    record_breach,
    record_evaluation,
    withdraw_entry,
)
from tests.builders import HERE, a_company, a_member_of_staff
from tests.suppliers.supplier_records import a_supplier
from tests.suppliers.supply_records import (
    NEW_YEAR,
    a_case,
    a_delivery,
    an_order,
    delivery_facts,
    order_facts,
)

pytestmark = pytest.mark.django_db


class TestEnterOrder:
    def test_keeps_quantity_and_price_in_fen(self, buyer: Actor) -> None:
        order = enter_order(order_facts(number=" CG１ "), by=buyer, at=NEW_YEAR)
        assert (order.number, order.unit_price_fen) == ("CG1", 1250)
        assert order.quantity == 100
        assert (order.entered_by, order.breached) == (buyer.user, False)
        line = JournalEntry.objects.get(action="enter_order")
        assert line.company == order.company
        assert line.facts == {"number": "CG1", "title": "第1管件有限公司"}

    def test_the_same_order_sent_again_is_entered_once(self) -> None:
        facts = order_facts()
        first = enter_order(facts, by=HERE, at=NEW_YEAR)
        assert enter_order(facts, by=HERE, at=NEW_YEAR) == first
        assert SupplyOrder.objects.count() == 1
        assert JournalEntry.objects.filter(action="enter_order").count() == 1

    def test_a_number_with_other_facts_is_refused(self) -> None:
        facts = order_facts()
        enter_order(facts, by=HERE, at=NEW_YEAR)
        with pytest.raises(Refused, match="内容不同"):
            enter_order(replace(facts, quantity=Decimal(7)), by=HERE, at=NEW_YEAR)
        assert SupplyOrder.objects.get().quantity == 100

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"quantity": Decimal(0)}, "大于零"),
            ({"unit_price_fen": 0, "lowest_price_fen": None}, "大于零"),
            ({"lowest_price_fen": 1251}, "不高于成交单价"),
            ({"promised_on": date(2026, 3, 31)}, "不能早于下单日期"),
            ({"ordered_on": date(2027, 1, 6)}, "不能晚于今天"),
            ({"ordered_on": date(2006, 1, 6)}, "下单日期 2006-01-06 早于"),
            ({"item": "  "}, "请填写品名"),
            ({"number": ""}, "请填写编号"),
        ],
    )
    def test_facts_that_contradict_each_other_are_refused(
        self, wrong: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(Invalid, match=sentence):
            enter_order(order_facts(**wrong), by=HERE, at=NEW_YEAR)
        assert SupplyOrder.objects.count() == 0

    def test_nothing_new_with_a_merged_supplier(self) -> None:
        duplicate, remaining = a_supplier(1), a_supplier(2)
        merge_suppliers(duplicate, remaining, reason="同一家", by=HERE, at=NEW_YEAR)
        duplicate.refresh_from_db()
        with pytest.raises(Refused, match="已并入"):
            enter_order(order_facts(duplicate), by=HERE, at=NEW_YEAR)
        assert SupplyOrder.objects.count() == 0

    def test_only_procurement_of_the_company(self, buyer: Actor) -> None:
        clerk = Actor.staff(a_member_of_staff("计费员", CLERK, a_company()))
        with pytest.raises(NotAllowed):
            enter_order(order_facts(), by=clerk, at=NEW_YEAR)
        with pytest.raises(NotAllowed):
            enter_order(order_facts(a_supplier(2), company=a_company("21")), by=buyer, at=NEW_YEAR)
        assert SupplyOrder.objects.count() == 0


class TestEnterDelivery:
    def test_belongs_to_company_and_supplier_of_the_order(
        self, order: SupplyOrder, buyer: Actor
    ) -> None:
        facts = delivery_facts(order, received=Decimal("100.5"), accepted=Decimal("99.25"))
        delivery = enter_delivery(facts, by=buyer, at=NEW_YEAR)
        assert (delivery.company, delivery.supplier) == (order.company, order.supplier)
        assert (delivery.received, delivery.accepted) == (Decimal("100.5"), Decimal("99.25"))

    def test_of_a_corrected_order_hangs_on_its_first_entry(self, order: SupplyOrder) -> None:
        corrected = correct_entry(
            order,
            order_facts(order.supplier, number=order.number, quantity=Decimal(90)),
            reason="数量录错",
            by=HERE,
            at=NEW_YEAR,
        )
        assert a_delivery(corrected).order == order

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"accepted": Decimal("100.001")}, "零与到货数量之间"),
            ({"received": Decimal(0), "accepted": Decimal(0)}, "大于零"),
            ({"actual_on": None}, "须为零"),
            ({"actual_on": date(2027, 1, 6)}, "不能晚于今天"),
            ({"actual_on": date(2026, 3, 31)}, "不能早于下单日期"),
        ],
    )
    def test_facts_that_contradict_each_other_are_refused(
        self, order: SupplyOrder, wrong: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(Invalid, match=sentence):
            a_delivery(order, **wrong)
        assert Delivery.objects.count() == 0

    def test_what_has_not_come_is_entered_without_a_day(self, order: SupplyOrder) -> None:
        delivery = a_delivery(order, actual_on=None, received=Decimal(0), accepted=Decimal(0))
        assert delivery.actual_on is None

    def test_not_for_a_withdrawn_order(self, order: SupplyOrder) -> None:
        withdraw_entry(order, reason="重复", by=HERE, at=NEW_YEAR)
        with pytest.raises(Refused, match="已撤销"):
            a_delivery(order)
        assert Delivery.objects.count() == 0


class TestCorrectEntry:
    def test_the_earlier_entry_stays_and_counts_no_more(
        self, order: SupplyOrder, manager: Actor
    ) -> None:
        delivery = a_delivery(order)
        corrected = correct_entry(
            delivery,
            delivery_facts(order, number=delivery.number, accepted=Decimal(95)),
            reason="复验5米不合格",
            by=manager,
            at=NEW_YEAR,
        )
        delivery.refresh_from_db()
        assert (delivery.accepted, corrected.accepted) == (Decimal(100), Decimal(95))
        assert (corrected.replaces, corrected.original) == (delivery, delivery)
        assert corrected.change_reason == "复验5米不合格"
        assert list(Delivery.objects.standing()) == [corrected]

    def test_only_the_latest_is_corrected(self, order: SupplyOrder) -> None:
        record_breach(order, reason="未按图供货", by=HERE, at=NEW_YEAR)
        with pytest.raises(Refused, match="在最新的一条上办理"):
            record_breach(order, reason="未按图供货", by=HERE, at=NEW_YEAR)
        assert SupplyOrder.objects.count() == 2

    def test_number_and_company_stay(self, order: SupplyOrder) -> None:
        with pytest.raises(Invalid, match="编号和公司不能更正"):
            correct_entry(
                order, order_facts(order.supplier), reason="编号录错", by=HERE, at=NEW_YEAR
            )
        assert SupplyOrder.objects.count() == 1

    def test_another_supplier_only_without_deliveries(self, order: SupplyOrder) -> None:
        facts = order_facts(a_supplier(2), number=order.number)
        delivery = a_delivery(order)
        with pytest.raises(Refused, match="先撤销到货记录"):
            correct_entry(order, facts, reason="选错供应商", by=HERE, at=NEW_YEAR)
        withdraw_entry(delivery, reason="选错供应商", by=HERE, at=NEW_YEAR)
        corrected = correct_entry(order, facts, reason="选错供应商", by=HERE, at=NEW_YEAR)
        assert corrected.supplier.name == "第2管件有限公司"

    def test_an_order_is_not_placed_after_its_delivery_came(self, order: SupplyOrder) -> None:
        a_delivery(order, actual_on=date(2026, 5, 1))
        late = {"ordered_on": date(2026, 5, 2), "promised_on": date(2026, 5, 2)}
        facts = order_facts(order.supplier, number=order.number, **late)
        with pytest.raises(Invalid, match="不能早于下单日期"):
            correct_entry(order, facts, reason="日期录错", by=HERE, at=NEW_YEAR)
        assert SupplyOrder.objects.count() == 1

    def test_buyers_do_not_correct(self, order: SupplyOrder, buyer: Actor) -> None:
        with pytest.raises(NotAllowed):
            withdraw_entry(order, reason="不要了", by=buyer, at=NEW_YEAR)
        assert SupplyOrder.objects.standing().count() == 1

    @pytest.mark.parametrize(
        "table", [SupplyOrder, Delivery, AfterSalesCase, Evaluation, WageDeduction]
    )
    def test_the_database_changes_no_entry(self, table: Any) -> None:
        name = table._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgname = %s", [f"{name}_append_only"]
            )
            assert cursor.fetchone() == (1,)

    def test_nor_does_sql_behind_the_applications_back(self, order: SupplyOrder) -> None:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            SupplyOrder.objects.filter(pk=order.pk).update(quantity=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            SupplyOrder.objects.bulk_create(
                [SupplyOrder(**{**_columns(order), "number": "X", "unit_price_fen": 0})]
            )


def _columns(order: SupplyOrder) -> dict[str, Any]:
    return {
        field.name: getattr(order, field.name)
        for field in order._meta.concrete_fields
        if field.name != "id"
    }


class TestRecordBreach:
    def test_is_a_new_entry_with_the_reason_and_can_be_taken_back(
        self, order: SupplyOrder, buyer: Actor, manager: Actor
    ) -> None:
        breached = record_breach(order, reason="拒绝送货", by=buyer, at=NEW_YEAR)
        assert (breached.breached, breached.change_reason) == (True, "拒绝送货")
        lifted = lift_breach(breached, reason="系我方延误付款", by=manager, at=NEW_YEAR)
        assert not lifted.breached
        assert list(SupplyOrder.objects.standing()) == [lifted]

    def test_needs_a_reason(self, order: SupplyOrder) -> None:
        with pytest.raises(Invalid, match="原因"):
            record_breach(order, reason=" ", by=HERE, at=NEW_YEAR)
        assert SupplyOrder.objects.count() == 1


class TestWithdrawEntry:
    def test_counts_for_nothing_and_its_number_stays_taken(self, order: SupplyOrder) -> None:
        facts = order_facts(order.supplier, number=order.number)
        withdraw_entry(order, reason="重复登记", by=HERE, at=NEW_YEAR)
        assert not SupplyOrder.objects.standing().exists()
        with pytest.raises(Refused, match="已撤销"):
            enter_order(facts, by=HERE, at=NEW_YEAR)

    def test_what_counted_before_is_still_to_be_seen(self, order: SupplyOrder) -> None:
        later = NEW_YEAR.replace(day=9)
        withdraw_entry(order, reason="重复登记", by=HERE, at=later)
        assert list(SupplyOrder.objects.standing_at(NEW_YEAR)) == [order]
        assert not SupplyOrder.objects.standing_at(later).exists()


class TestCloseCase:
    def test_is_closed_once_with_what_was_done(self, company: Company) -> None:
        case = a_case(a_supplier(), closed_on=None)
        closed = close_case(
            case, closed_on=date(2026, 6, 21), remark="更换阀门", by=HERE, at=NEW_YEAR
        )
        assert (closed.closed_on, closed.change_reason) == (date(2026, 6, 21), "更换阀门")
        with pytest.raises(Refused, match="已办结"):
            close_case(closed, closed_on=date(2026, 6, 22), remark="又", by=HERE, at=NEW_YEAR)
        assert AfterSalesCase.objects.count() == 2

    def test_never_before_it_was_opened(self, company: Company) -> None:
        case = a_case(a_supplier(), closed_on=None)
        with pytest.raises(Invalid, match="不能早于提出日期"):
            close_case(case, closed_on=date(2026, 5, 31), remark="好", by=HERE, at=NEW_YEAR)
        assert AfterSalesCase.objects.count() == 1

    def test_due_before_opening_is_refused(self, company: Company) -> None:
        with pytest.raises(Invalid, match="应完成日"):
            open_case(
                CaseFacts(
                    *(company, a_supplier(), "SH1", "渗漏"), date(2026, 6, 2), date(2026, 6, 1)
                ),
                by=HERE,
                at=NEW_YEAR,
            )


class TestRecordEvaluation:
    def evaluation(self, score: str, supplier: Supplier) -> EvaluationFacts:
        return EvaluationFacts(
            company=a_company(),
            supplier=supplier,
            number="RW-2026-17",
            work="汾河小区入网工程",
            accepted_on=date(2026, 9, 30),
            score=Decimal(score),
        )

    def test_one_acceptance_counts_once(self, company: Company) -> None:
        facts = self.evaluation("92.50", a_supplier())
        first = record_evaluation(facts, by=HERE, at=NEW_YEAR)
        assert record_evaluation(facts, by=HERE, at=NEW_YEAR) == first
        assert Evaluation.objects.get().score == Decimal("92.50")

    @pytest.mark.parametrize("score", ["-0.01", "100.01"])
    def test_a_score_is_of_a_hundred(self, score: str, company: Company) -> None:
        with pytest.raises(Invalid, match="0到100"):
            record_evaluation(self.evaluation(score, a_supplier()), by=HERE, at=NEW_YEAR)
        assert Evaluation.objects.count() == 0


class TestDeductWages:
    def test_keeps_what_is_deducted_and_why(self, company: Company, buyer: Actor) -> None:
        deduction = deduct_wages(
            DeductionFacts(
                *(company, a_supplier(), "KX-1", "二级网改造", date(2026, 8, 1)),
                amount_fen=35_000_00,
                facts="拖欠7月工资",
            ),
            by=buyer,
            at=NEW_YEAR,
        )
        assert (deduction.amount_fen, deduction.facts) == (3_500_000, "拖欠7月工资")
        assert JournalEntry.objects.filter(action="deduct_wages", company=company).count() == 1


def test_a_year_takes_entries_by_their_own_day() -> None:
    """An order counts when it was made, its delivery when it was promised."""
    order = an_order(ordered_on=date(2025, 12, 31), promised_on=date(2026, 1, 1))
    a_delivery(order, promised_on=date(2026, 1, 1), actual_on=date(2026, 12, 31))
    assert (SupplyOrder.objects.of_year(2025).count(), Delivery.objects.of_year(2025).count()) == (
        1,
        0,
    )
    assert (SupplyOrder.objects.of_year(2026).count(), Delivery.objects.of_year(2026).count()) == (
        0,
        1,
    )
