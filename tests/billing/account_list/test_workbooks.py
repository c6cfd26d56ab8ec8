"""Workbooks with what only a spreadsheet has: formulas, merged cells, hidden rows, formats."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from billing.account_list.operations import import_accounts, preview_accounts
from billing.account_list.report import Outcome
from customers.models import Account, AreaLine, Customer, SupplyContract
from heating.roles import AGENT, CLERK
from office.actors import Actor
from office.intake.notices import notice_sentences
from office.models import Company
from office.refusals import Invalid
from tests.billing.account_list.lists import AT, HEADINGS, citizen, row
from tests.builders import a_member_of_staff

HOUSE = Actor.system("test")
pytestmark = pytest.mark.django_db
ADVICE = "请在表格软件中打开并保存后再导入，或直接填写结果"
PLACES = {heading: place for place, heading in enumerate(HEADINGS)}


def workbook(fill: Callable[[Any, Any], None]) -> ContentFile[Any]:
    """An .xlsx as xlsxwriter makes it, with the header in row 1 of its first sheet."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, HEADINGS)
        fill(book, sheet)
    return ContentFile(memory.getvalue(), name="台账.xlsx")


def look(company: Company, file: ContentFile[Any]) -> Outcome:
    return preview_accounts(company, file, by=HOUSE, at=AT)


def load(company: Company, file: ContentFile[Any]) -> dict[str, Any]:
    report: dict[str, Any] = import_accounts(company, file, dry_run=False, by=HOUSE, at=AT).report
    return report


def refused(outcome: Outcome) -> list[tuple[int, str]]:
    return [(row, remark.says) for row, remarks in outcome.refused.items() for remark in remarks]


class TestFormulas:
    def test_are_their_stored_results(self, company: Company) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_row(1, 0, row(1))
            for heading, formula, result in (
                ("户名", '=TRIM("王秀英 ")', "王秀英"),
                ("小区", '="迎泽"&"花园"', "迎泽花园"),
                ("表号", '="M"&88', "M88"),
                ("建筑面积", "=50*2", 100),
            ):
                sheet.write_formula(1, PLACES[heading], formula, None, result)

        report = load(company, workbook(fill))
        assert report["formula_results"] == 4
        contract = SupplyContract.objects.select_related("customer").get()
        assert (contract.customer.name, contract.meter_number) == ("王秀英", "M88")
        assert AreaLine.objects.get().building_area == 100
        assert Account.objects.get().premise.address == "迎泽花园1号楼1单元101"

    @pytest.mark.parametrize("heading", HEADINGS)
    def test_without_a_result_are_refused_by_cell_and_formula(
        self, company: Company, heading: str
    ) -> None:
        def fill(book: Any, sheet: Any) -> None:
            # Without a result of its own the formula gets a 0 that is to be calculated on load.
            sheet.write_row(1, 0, row(1, **{heading: '=TRIM("王秀英 ")'}))

        cell = f"{'ABCDEFGHIJKLMNOPQRSTUVW'[PLACES[heading]]}2"
        assert refused(look(company, workbook(fill))) == [
            (
                2,
                f'{heading}的单元格 {cell} 是公式 =TRIM("王秀英 ")，没有保存结果，{ADVICE}',
            )
        ]


class TestHidden:
    def test_a_hidden_sheet_is_never_taken_and_every_other_sheet_is_named(
        self, company: Company
    ) -> None:
        memory = io.BytesIO()
        with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
            for name, serial in (("旧台账", 1), ("台账", 2), ("另一份", 3)):
                sheet = book.add_worksheet(name)
                sheet.write_row(0, 0, HEADINGS)
                sheet.write_row(1, 0, row(serial))
                if name == "旧台账":
                    sheet.hide()
                if name == "台账":
                    sheet.activate()
                    sheet.set_first_sheet()
        outcome = look(company, ContentFile(memory.getvalue(), name="台账.xlsx"))
        assert (outcome.sheet, outcome.accounts_good) == ("台账", 1)
        assert notice_sentences(outcome.as_json()) == [
            "还有 2 个工作表没有读取：旧台账（隐藏，2 行）、另一份（2 行）。"
        ]

    def test_a_list_that_is_only_on_a_hidden_sheet_is_refused(self, company: Company) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.hide()
            book.add_worksheet("说明").activate()

        with pytest.raises(Invalid) as refusal:
            look(company, workbook(fill))
        assert refusal.value.code == "header_hidden"
        assert "台账" in refusal.value.sentence

    def test_hidden_rows_are_counted_and_named(self, company: Company) -> None:
        def fill(book: Any, sheet: Any) -> None:
            for serial in range(1, 6):
                sheet.write_row(serial, 0, row(serial))
            for line in (2, 4, 8):
                sheet.set_row(line, None, None, {"hidden": True})

        outcome = look(company, workbook(fill))
        assert outcome.accounts_good == 5
        assert notice_sentences(outcome.as_json()) == ["有 2 个隐藏的行也会读取：第 3、5 行。"]


class TestMergedCells:
    def test_are_filled_down_and_counted(self, company: Company) -> None:
        def fill(book: Any, sheet: Any) -> None:
            for serial in (1, 2, 3):
                sheet.write_row(serial, 0, row(serial))
            plain = book.add_format()
            sheet.merge_range(1, PLACES["小区"], 5, PLACES["小区"], "迎泽花园", plain)
            sheet.merge_range(2, PLACES["建筑面积"], 3, PLACES["建筑面积"], 80, plain)

        outcome = look(company, workbook(fill))
        assert (refused(outcome), outcome.accounts_good) == ([], 3)
        assert notice_sentences(outcome.as_json()) == ["有 3 个空单元格按上方的合并单元格填写。"]
        assert [
            (line, remark.says) for line, remarks in outcome.warned.items() for remark in remarks
        ] == [(4, "建筑面积取自上方的合并单元格，请核对")]


class TestLongNumbers:
    @pytest.mark.parametrize("heading", ["户号", "表号", "合同编号", "证件号码"])
    def test_kept_as_numbers_are_refused(self, company: Company, heading: str) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_row(1, 0, row(1))
            sheet.write_number(1, PLACES[heading], 911401051234567890)

        assert refused(look(company, workbook(fill))) == [
            (2, f"{heading}已被表格软件改成数字，请以文本填写")
        ]

    def test_of_fifteen_digits_are_whole(self, company: Company) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_row(1, 0, row(1))
            sheet.write_number(1, PLACES["表号"], 123456789012345)

        load(company, workbook(fill))
        assert SupplyContract.objects.get().meter_number == "123456789012345"


class TestLeadingZeros:
    def test_of_the_format_are_read_as_shown(self, company: Company) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_row(1, 0, row(1))
            digits = book.add_format({"num_format": "00000000"})
            sheet.write_number(1, PLACES["户号"], 4217, digits)
            sheet.write_number(1, PLACES["表号"], 88, digits)
            sheet.write_number(1, PLACES["房号"], 7, book.add_format({"num_format": "0"}))

        load(company, workbook(fill))
        account = Account.objects.select_related("premise").get()
        assert (account.number, account.premise.room) == ("00004217", "7")
        assert SupplyContract.objects.get().meter_number == "00000088"


class TestTemplate:
    def test_is_downloaded_filled_in_and_loaded(self, company: Company, client: Client) -> None:
        client.force_login(a_member_of_staff("clerk", CLERK, company))
        answer = client.get(reverse("admin:billing_accountimport_template"))
        template = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        headings, *rows = template.get_sheet_by_index(0).to_python()
        assert rows == []
        names = [str(heading).removesuffix("*") for heading in headings]
        assert set(HEADINGS) <= set(names)
        values = dict(zip(HEADINGS, row(1), strict=True))
        memory = io.BytesIO()
        with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
            sheet = book.add_worksheet("用户台账")
            sheet.write_row(0, 0, headings)
            sheet.write_row(1, 0, [values.get(name, "") for name in names])
        outcome = look(company, ContentFile(memory.getvalue(), name="用户台账模板.xlsx"))
        assert (refused(outcome), outcome.accounts_good) == ([], 1)

    def test_is_for_who_may_import(self, company: Company, client: Client) -> None:
        client.force_login(a_member_of_staff("agent", AGENT, company))
        assert client.get(reverse("admin:billing_accountimport_template")).status_code == 403


class TestRefusedRows:
    def test_are_reported_with_value_and_name(self, company: Company) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_row(1, 0, row(1, 层高="三米"))
            sheet.write_row(2, 0, row(2))
            sheet.write_row(3, 0, row(3, 户号="2200002"))
            sheet.write_row(4, 0, row(4, 证件号码=citizen(4)[:17]))

        report = look(company, workbook(fill)).as_json()
        assert [
            (refused_row["row"], refused_row["name"], refused_row["value"])
            for refused_row in report["rows_refused"]
        ] == [
            (2, "张乙", "三米"),
            (4, "张丁", "2200002"),
            (5, "张戊", f"1401{'*' * 9}{citizen(4)[13:17]}"),
        ]
        assert not Customer.objects.exists()
