"""Lists of suppliers, orders and deliveries: previewed, imported, refused rows corrected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from heating.roles import CLERK, PROCUREMENT
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company, Job, JobState, JournalEntry
from office.refusals import Invalid, NotAllowed
from suppliers.models import Delivery, ListKind, Supplier, SupplyList, SupplyOrder
from suppliers.supply_lists.columns import COLUMNS
from suppliers.supply_lists.operations import queue_supply_list
from suppliers.supply_record.operations import enter_delivery, withdraw_entry
from tests.builders import HERE, a_company, a_member_of_staff
from tests.suppliers.supplier_records import a_category, a_credit_code, a_supplier
from tests.suppliers.supply_lists.lists import (
    DELIVERY,
    ORDER,
    SUPPLIER,
    a_list,
    reasons,
    take,
)
from tests.suppliers.supply_records import NEW_YEAR, a_delivery, an_order, delivery_facts

pytestmark = pytest.mark.django_db


def _content(record: SupplyList) -> bytes:
    with record.refused_file.open("rb") as file:
        return bytes(file.read())


class TestImportDeliveries:
    def test_good_rows_become_deliveries_of_their_orders(self) -> None:
        order = an_order(number="CG1")
        record = take(ListKind.DELIVERIES, DELIVERY, {**DELIVERY, "到货单号": "DH2"})
        first, second = Delivery.objects.order_by("number")
        assert (first.order, first.supplier, first.company) == (
            *(order, order.supplier, order.company),
        )
        assert (first.promised_on, first.actual_on) == (date(2026, 5, 1), date(2026, 5, 3))
        assert (first.received, first.accepted) == (100, Decimal("99.5"))
        assert (first.entered_at, second.number) == (NEW_YEAR, "DH2")
        assert (record.report["rows_new"], record.report["rows_refused_count"]) == (2, 0)
        line = JournalEntry.objects.get(action="import_supply_list")
        assert line.facts == {
            "list": "deliveries",
            "dry_run": False,
            "sha256": record.sha256,
            "rows_new": 2,
            "rows_refused": 0,
        }

    def test_the_preview_says_the_same_and_writes_nothing(self) -> None:
        an_order(number="CG1")
        record = take(ListKind.DELIVERIES, DELIVERY, dry_run=True)
        assert (record.report["rows_new"], Delivery.objects.count()) == (1, 0)

    def test_a_list_sent_again_finds_its_rows_on_file(self) -> None:
        an_order(number="CG1")
        take(ListKind.DELIVERIES, DELIVERY)
        again = take(ListKind.DELIVERIES, DELIVERY)
        assert (again.report["rows_new"], again.report["rows_known"]) == (0, 1)
        assert Delivery.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "column", "says"),
        [
            ({"订单编号": "CG404"}, "", "没有这个编号的订单，或订单已撤销"),
            ({"到货数量": "很多"}, "到货数量", "到货数量不是数字"),
            ({"到货数量": "1.2345"}, "到货数量", "到货数量至多三位小数"),
            ({"验收合格数量": "101"}, "", "验收合格数量须在零与到货数量之间。"),
            ({"实际到货日": ""}, "", "尚未到货的，到货和合格数量须为零。"),
            ({"实际到货日": "2027-01-06"}, "", "实际到货日不能晚于今天。"),
            ({"实际到货日": "2026-03-31"}, "", "实际到货日不能早于下单日期，请核对到货日和订单。"),
            ({"约定交货日": "五月"}, "约定交货日", "约定交货日：日期无效"),
            ({"到货单号": ""}, "到货单号", "到货单号为空"),
        ],
    )
    def test_a_wrong_row_is_refused_by_row_column_and_reason(
        self, wrong: dict[str, str], column: str, says: str
    ) -> None:
        an_order(number="CG1")
        record = take(ListKind.DELIVERIES, {**DELIVERY, "到货单号": "DH0"}, {**DELIVERY, **wrong})
        assert reasons(record) == [(3, column, says)]
        assert [row.number for row in Delivery.objects.all()] == ["DH0"]

    def test_the_value_that_is_refused_is_quoted(self) -> None:
        record = take(ListKind.DELIVERIES, {**DELIVERY, "到货数量": "很多"})
        (refused,) = record.report["rows_refused"]
        assert (refused["name"], refused["value"]) == ("DH1", "很多")

    def test_numbers_twice_taken_and_withdrawn_are_refused(self) -> None:
        order = an_order(number="CG1")
        a_delivery(order, number="DH8")
        withdraw_entry(a_delivery(order, number="DH9"), reason="误录", by=HERE, at=NEW_YEAR)
        record = take(
            ListKind.DELIVERIES,
            DELIVERY,
            DELIVERY,
            {**DELIVERY, "到货单号": "DH8"},
            {**DELIVERY, "到货单号": "DH9"},
        )
        assert reasons(record) == [
            (3, "", "到货单号与第 2 行重复"),
            (4, "", "编号已有记录，内容不同；需要更改的请更正那条记录"),
            (5, "", "编号已有记录，内容不同；需要更改的请更正那条记录"),
        ]
        assert Delivery.objects.filter(number="DH1").count() == 1

    def test_an_order_that_was_withdrawn_takes_no_delivery(self) -> None:
        withdraw_entry(an_order(number="CG1"), reason="误录", by=HERE, at=NEW_YEAR)
        record = take(ListKind.DELIVERIES, DELIVERY)
        assert reasons(record) == [(2, "", "没有这个编号的订单，或订单已撤销")]
        assert Delivery.objects.count() == 0

    def test_list_and_screen_write_the_same_row(self) -> None:
        order = an_order(number="CG1")
        take(ListKind.DELIVERIES, DELIVERY)
        facts = delivery_facts(
            order,
            number="DH1",
            actual_on=date(2026, 5, 3),
            received=Decimal(100),
            accepted=Decimal("99.5"),
        )
        # The same delivery typed in is the one on file: no column differs.
        assert enter_delivery(facts, by=HERE, at=NEW_YEAR) == Delivery.objects.get()

    def test_the_refused_rows_come_back_as_a_sheet_with_reasons(self, tmp_path: Path) -> None:
        an_order(number="CG1")
        record = take(
            ListKind.DELIVERIES, DELIVERY, {**DELIVERY, "到货单号": "DH2", "订单编号": "X"}
        )
        (tmp_path / "a.xlsx").write_bytes(_content(record))
        rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
        assert rows[0] == [*DELIVERY, "原因"]
        assert rows[1][:2] == ["DH2", "X"]
        assert rows[1][-1] == (
            "第 3 行（到货单号 DH2）：没有这个编号的订单，或订单已撤销，填的是“X”"
        )

    def test_a_list_without_a_column_is_refused(self) -> None:
        row = {key: value for key, value in DELIVERY.items() if key != "验收合格数量"}
        with pytest.raises(Invalid, match="验收合格数量"):
            take(ListKind.DELIVERIES, row)
        assert SupplyList.objects.count() == 0


class TestImportOrders:
    def test_a_row_becomes_an_order(self) -> None:
        a_supplier(1), a_category()
        record = take(ListKind.ORDERS, ORDER)
        order = SupplyOrder.objects.get()
        assert (order.number, order.unit_price_fen, order.quantity) == ("CG9", 1250, Decimal(80))
        assert (order.lowest_price_fen, order.promised_on) == (None, date(2026, 5, 1))
        assert record.report["rows_new"] == 1
        assert take(ListKind.ORDERS, ORDER).report["rows_known"] == 1

    def test_unknown_supplier_and_category_are_refused_by_row(self) -> None:
        a_supplier(1), a_category()
        stranger = {**ORDER, "供应商统一社会信用代码": a_credit_code(5)}
        record = take(ListKind.ORDERS, ORDER, stranger, {**ORDER, "采购类别": "99"})
        assert reasons(record) == [
            (3, "", "没有这个统一社会信用代码的供应商。"),
            (4, "", "没有编码为这个的在用采购类别。"),
        ]
        assert SupplyOrder.objects.count() == 1


class TestImportSuppliers:
    def test_a_row_becomes_a_supplier_and_again_stays_the_same(self) -> None:
        record = take(ListKind.SUPPLIERS, SUPPLIER)
        supplier = Supplier.objects.get()
        assert (supplier.name, supplier.region) == ("榆次阀门有限公司", "north")
        assert [contact.phone for contact in supplier.contacts.all()] == ["13800000007"]
        assert record.report["rows_new"] == 1
        assert take(ListKind.SUPPLIERS, SUPPLIER).report["rows_known"] == 1

    def test_full_width_codes_and_wrong_check_characters(self) -> None:
        wide = SUPPLIER["统一社会信用代码"].translate(
            {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
        )
        wrong = a_credit_code(8)[:-1] + ("A" if a_credit_code(8)[-1] != "A" else "B")
        record = take(
            ListKind.SUPPLIERS,
            {**SUPPLIER, "统一社会信用代码": wide},
            {**SUPPLIER, "名称": "另一家", "统一社会信用代码": wrong},
            {**SUPPLIER, "地区": "火星"},
        )
        assert Supplier.objects.get().credit_code == a_credit_code(7)
        assert [row for row, _, _ in reasons(record)] == [3, 4]
        assert "校验位不对" in reasons(record)[0][2]
        assert reasons(record)[1][2] == "地区应为东北、华北、华东、华南、华中、西南、西北"


class TestQueueSupplyList:
    def test_the_job_previews_and_a_second_run_returns_the_first_result(self) -> None:
        an_order(number="CG1")
        buyer = Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, a_company()))
        job = queue_supply_list(
            a_company(),
            ListKind.DELIVERIES,
            a_list(DELIVERY),
            dry_run=False,
            by=buyer,
            at=NEW_YEAR,
        )
        assert run_job(job.pk)
        job.refresh_from_db()
        record = SupplyList.objects.get()
        assert (job.state, job.result) == (
            JobState.DONE,
            {"supply_list": record.pk, "rows_refused": 0},
        )
        assert (record.job, record.imported_by) == (job, buyer.user)
        Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
        assert run_job(job.pk)
        assert (SupplyList.objects.count(), Delivery.objects.count()) == (1, 1)

    def test_only_procurement_of_the_company(self) -> None:
        clerk = Actor.staff(a_member_of_staff("计费员", CLERK, a_company()))
        foreign = Actor.staff(a_member_of_staff("采购乙", PROCUREMENT, a_company("21")))
        for person in (clerk, foreign):
            with pytest.raises(NotAllowed):
                take(ListKind.DELIVERIES, DELIVERY, by=person)
        assert SupplyList.objects.count() == 0


class TestPages:
    def test_upload_leads_to_the_preview_and_its_report_to_the_import(
        self, client: Client, company: Company
    ) -> None:
        an_order(number="CG1")
        buyer = a_member_of_staff("采购甲", PROCUREMENT, company)
        client.force_login(buyer)
        add = reverse("admin:suppliers_supplylist_add")
        foreign = {**DELIVERY, "到货单号": "DH2", "订单编号": "X"}
        file = SimpleUploadedFile("清单.csv", a_list(DELIVERY, foreign).read())
        answer = client.post(add, {"company": company.pk, "kind": "deliveries", "file": file})
        job = Job.objects.get()
        assert answer.headers["Location"] == reverse(
            "admin:suppliers_supplylist_job", args=[job.pk]
        )
        run_job(job.pk)
        page = client.get(answer.headers["Location"], follow=True)
        preview = SupplyList.objects.get()
        assert "没有这个编号的订单，或订单已撤销" in page.content.decode()
        assert (preview.dry_run, Delivery.objects.count()) == (True, 0)
        client.post(reverse("admin:suppliers_supplylist_import_supply_list", args=[preview.pk]))
        run_job(Job.objects.latest("pk").pk)
        assert Delivery.objects.get().number == "DH1"
        refused = client.get(reverse("admin:suppliers_supplylist_refused_rows", args=[preview.pk]))
        assert refused.headers["Content-Disposition"].startswith("attachment")
        assert refused.getvalue().startswith(b"PK")

    @pytest.mark.parametrize("kind", list(ListKind))
    def test_a_template_has_the_columns_of_its_list(
        self, client: Client, company: Company, kind: ListKind, tmp_path: Path
    ) -> None:
        client.force_login(a_member_of_staff("采购甲", PROCUREMENT, company))
        answer = client.get(reverse(f"admin:suppliers_supplylist_template_{kind}"))
        (tmp_path / "t.xlsx").write_bytes(answer.content)
        (headings,) = (
            CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_index(0).to_python()
        )
        columns = COLUMNS[kind]
        assert headings == [
            columns.heading(key) + "*" * (key in columns.required) for key in columns.names
        ]
