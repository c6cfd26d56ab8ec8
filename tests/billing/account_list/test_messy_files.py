"""Files that are not what they seem: read in every usual form, refused in words otherwise."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile

from billing.account_list.operations import import_accounts, preview_accounts
from customers.models import Account, Customer
from office.actors import Actor
from office.models import Company
from office.refusals import Invalid, NotAllowed
from tests.billing.account_list.lists import (
    AT,
    HEADINGS,
    HOUSE,
    csv_file,
    load,
    look,
    refused,
    row,
    xlsx_file,
)

pytestmark = pytest.mark.django_db


class TestFiles:
    def test_gb18030_with_rare_characters(self, company: Company) -> None:
        load(company, row(1, 户名="𠮷俊"), encoding="gb18030")
        assert Customer.objects.get().name == "𠮷俊"

    def test_utf8_with_a_mark(self, company: Company) -> None:
        load(company, row(1), encoding="utf-8-sig")
        assert Account.objects.count() == 1

    def test_titles_empty_rows_totals_and_repeated_headers_are_no_accounts(
        self, company: Company
    ) -> None:
        title, empty = ["某公司 用户台账"], [""] * len(HEADINGS)
        total = ["合计", *[""] * 10, "201"]
        outcome = look(
            company, empty, list(HEADINGS), row(1), empty, list(HEADINGS), row(2), total,
            headings=title,
        )  # fmt: skip
        assert (outcome.header_row, outcome.accounts_good, outcome.rows_skipped) == (3, 2, 3)
        assert refused(outcome) == []

    def test_synonyms_and_unknown_columns(self, company: Company) -> None:
        renamed = {"户号": "用户 编号", "户名": "业主姓名*", "手机号": "联系电话"}
        headings = [renamed.get(heading, heading) for heading in HEADINGS]
        outcome = look(company, [*row(1, 手机号="0351-7654321"), "3"], headings=[*headings, "楼层"])
        assert (outcome.accounts_good, outcome.unknown_columns) == (1, ["楼层"])

    def test_cells_of_a_workbook(self, company: Company) -> None:
        file = xlsx_file(
            row(1, 户号=2200001, 房号=1504, 建筑面积=114.36, 签订日期="2018.12.09"),
            row(2, 建筑面积="=50*2"),
            row(3, 备注="1"),
        )
        outcome = preview_accounts(company, file, by=HOUSE, at=AT)
        assert outcome.sheet == "用户台账"
        advice = "请在表格软件中打开并保存后再导入，或直接填写结果"
        assert refused(outcome) == [
            (3, f"建筑面积的单元格 L3 是公式 =50*2，没有保存结果，{advice}")
        ]
        import_accounts(company, file, dry_run=False, by=HOUSE, at=AT)
        assert Account.objects.filter(number="2200001", premise__room="1504").exists()
        assert Customer.objects.get(contracts__account__number="2200003").remark == "1"

    @pytest.mark.parametrize(
        ("content", "name", "code"),
        [
            (b"", "a.csv", "header_missing"),
            ("甲,乙\n1,2\n".encode(), "a.csv", "header_missing"),
            ("户号,户名,小区,房号\n".encode(), "a.csv", "column_missing"),
            (",".join([*HEADINGS, "户号"]).encode(), "a.csv", "column_twice"),
            (b"\xff\xff\xff\x80" * 9, "a.csv", "encoding_unknown"),
            (b"\xd0\xcf\x11\xe0" * 9, "a.xls", "old_workbook"),
            (b"PK\x03\x04" + b"x" * 99, "a.xlsx", "workbook_damaged"),
        ],
    )
    def test_what_is_no_list_is_refused(
        self, company: Company, content: bytes, name: str, code: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            preview_accounts(company, ContentFile(content, name=name), by=HOUSE, at=AT)
        assert refusal.value.code == code

    def test_an_open_quote_does_not_swallow_the_list(self, company: Company) -> None:
        text = ",".join(HEADINGS) + '\n1,"' + "x,y\n" * 100_000
        with pytest.raises(Invalid) as refusal:
            preview_accounts(company, ContentFile(text.encode(), name="a.csv"), by=HOUSE, at=AT)
        assert refusal.value.code == "text_broken"

    def test_a_cell_in_the_last_corner_takes_no_memory(self, company: Company) -> None:
        memory = io.BytesIO()
        with (
            zipfile.ZipFile(xlsx_file(row(1)).file) as source,
            zipfile.ZipFile(memory, "w") as target,
        ):
            for name in source.namelist():
                content = source.read(name)
                if name.endswith("sheet1.xml"):
                    far = b'<row r="90000"><c r="XFD90000"><v>1</v></c></row></sheetData>'
                    content = content.replace(b"</sheetData>", far)
                target.writestr(name, content)
        file = ContentFile(memory.getvalue(), name="a.xlsx")
        with pytest.raises(Invalid) as refusal:
            preview_accounts(company, file, by=HOUSE, at=AT)
        assert refusal.value.code == "too_many_cells"

    def test_a_zip_bomb_is_not_unpacked(self, company: Company) -> None:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as target:
            target.writestr("xl/worksheets/sheet1.xml", b" " * (401 * 1024 * 1024))
        file = ContentFile(memory.getvalue(), name="a.xlsx")
        with pytest.raises(Invalid) as refusal:
            preview_accounts(company, file, by=HOUSE, at=AT)
        assert refusal.value.code == "workbook_too_large"

    def test_only_those_who_may(self, company: Company) -> None:
        from office.models import User

        clerk = Actor.staff(User.objects.create_user("clerk"))
        with pytest.raises(NotAllowed):
            import_accounts(company, csv_file(row(1)), dry_run=False, by=clerk, at=AT)
        assert not Account.objects.exists()

    def test_dates_of_a_workbook(self, company: Company) -> None:
        from billing.account_list.cells import signed_on

        assert signed_on(datetime(2022, 6, 25, tzinfo=UTC)) == signed_on(date(2022, 6, 25))
