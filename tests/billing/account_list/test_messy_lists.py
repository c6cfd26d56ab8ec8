"""Lists as they come: every fault a sentence, nothing lost, nothing taken for something else."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from billing.account_list.operations import import_accounts, preview_accounts
from billing.account_list.report import Outcome
from billing.models import Bill, HeatingSeason, Transfer
from customers.models import Account, AreaLine, Customer, CustomerKind, Premise, SupplyContract
from office.actors import Actor
from office.models import Company
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.account_list.lists import (
    AT,
    HEADINGS,
    citizen,
    company_with_season,
    csv_file,
    row,
    xlsx_file,
)

HOUSE = Actor.system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return company_with_season()


def look(company: Company, *rows: Sequence[object], **options: Any) -> Outcome:
    return preview_accounts(company, csv_file(*rows, **options), by=HOUSE, at=AT)


def load(company: Company, *rows: Sequence[object], **options: Any) -> dict[str, Any]:
    file = csv_file(*rows, **options)
    report: dict[str, Any] = import_accounts(company, file, dry_run=False, by=HOUSE, at=AT).report
    return report


def refused(outcome: Outcome) -> list[tuple[int, str]]:
    return [(row, one.says) for row, said in outcome.refused.items() for one in said]


def warned(outcome: Outcome) -> list[tuple[int, str]]:
    return [(row, one.says) for row, said in outcome.warned.items() for one in said]


class TestOneRow:
    @pytest.mark.parametrize(
        ("cells", "says"),
        [
            ({"户号": ""}, "户号为空"),
            ({"户号": "户-1"}, "户号只能由数字、字母和横线组成"),
            ({"户号": "1" * 21}, "户号超过 20 位"),
            ({"户名": " 　"}, "户名为空"),
            ({"户名": "长" * 81}, "户名超过 80 个字"),
            ({"小区": ""}, "小区为空"),
            ({"楼号": ""}, "楼号为空"),
            ({"房号": ""}, "房号为空"),
            ({"房号": "#N/A"}, "房号是公式错误值"),
            ({"证件号码": citizen(1)[:17]}, "身份证号须为18位"),
            ({"证件号码": "1.40105E+17"}, "证件号码已被表格软件改成数字，请以文本填写"),
            ({"手机号": "12345"}, "手机号无效"),
            ({"热价类别": "未知类别"}, "热价类别不存在"),
            ({"热价类别": ""}, "热价类别为空"),
            ({"建筑面积": ""}, "建筑面积为空"),
            ({"建筑面积": "九十"}, "建筑面积不是数字"),
            ({"建筑面积": "=A1*2"}, "建筑面积不是数字"),
            ({"建筑面积": "0"}, "建筑面积必须大于零"),
            ({"建筑面积": "-3"}, "建筑面积必须大于零"),
            ({"建筑面积": "0.001"}, "建筑面积必须大于零"),
            ({"建筑面积": "100000000"}, "建筑面积过大"),
            ({"使用面积": "七十"}, "使用面积不是数字"),
            ({"层高": "0"}, "层高必须大于零"),
            ({"层高": "280"}, "层高过大"),
            ({"用户类别": "其他"}, "用户类别只能填居民或非居民"),
            ({"供热状态": "欠费"}, "供热状态只能填正常或报停"),
            ({"计费方式": "包月"}, "计费方式只能填面积或计量"),
            ({"签订日期": "2016-02-30"}, "签订日期：日期无效"),
            ({"签订日期": "1899-01-01"}, "签订日期：日期过早"),
            ({"签订日期": "2025-11-21"}, "签订日期晚于今天"),
            ({"往年欠费金额": "100"}, "有往年欠费金额而没有年度"),
            ({"往年欠费年度": "2024-2025", "往年欠费金额": "-1"}, "往年欠费金额不能为负数"),
            (
                {"往年欠费年度": "2024-2025", "往年欠费金额": "1.005"},
                "往年欠费金额：金额至多两位小数",
            ),
            (
                {"往年欠费年度": "2025-2026", "往年欠费金额": "1"},
                "往年欠费年度须早于本采暖季 2025-2026",
            ),
            (
                {"往年欠费年度": "2023-2025", "往年欠费金额": "1"},
                "往年欠费年度：采暖季须为相邻两年",
            ),
            ({"低保": "也许"}, "低保：应为是或否"),
            ({"备注": "长" * 201}, "备注超过 200 个字"),
        ],
    )
    def test_is_refused_with_its_reason(
        self, company: Company, cells: dict[str, object], says: str
    ) -> None:
        found = look(company, row(2), row(1, **cells))
        assert refused(found) == [(3, says)]
        assert found.accounts_good == 1

    @pytest.mark.parametrize(
        ("cells", "says"),
        [
            ({"建筑面积": "1000.01", "使用面积": ""}, "面积异常大"),
            ({"建筑面积": "800", "使用面积": "79"}, "面积异常大"),
            ({"使用面积": "100.51"}, "使用面积大于建筑面积"),
            ({"建筑面积": "89.3456"}, "建筑面积已四舍五入到两位小数"),
            ({"层高": "28"}, "层高异常"),
            ({"热价类别": "非居民"}, "用户类别与热价类别不符"),
            ({"计费方式": "计量"}, "计量用户没有表号"),
            ({"往年欠费年度": "2024-2025"}, "有往年欠费年度而没有金额，未记欠费"),
        ],
    )
    def test_is_suspicious(self, company: Company, cells: dict[str, object], says: str) -> None:
        found = look(company, row(1, **cells))
        assert (refused(found), warned(found)) == ([], [(2, says)])
        assert found.accounts_good == 1

    def test_all_faults_are_told_in_the_order_of_the_columns(self, company: Company) -> None:
        found = look(company, row(1, 建筑面积="", 手机号="1", 户号="", 热价类别="无"))
        assert [one.says for one in found.refused[2]] == [
            *("户号为空", "手机号无效", "热价类别不存在", "建筑面积为空"),
        ]
        assert found.as_json()["rows_refused"] == [
            {
                "row": 2,
                "says": "户号为空",
                "column": "户号",
                "also": [
                    {"says": "手机号无效", "column": "手机号", "value": "*"},
                    {"says": "热价类别不存在", "column": "热价类别", "value": "无"},
                    {"says": "建筑面积为空", "column": "建筑面积"},
                ],
                "name": "张乙",
            }
        ]

    def test_a_comma_too_many_shifts_no_cell(self, company: Company) -> None:
        found = look(company, [*row(1), "1"])
        assert refused(found) == [(2, "单元格比表头多，请检查是否多了逗号")]

    def test_is_read_however_it_is_written(self, company: Company) -> None:
        load(
            company,
            row(
                1,
                户号=" ２２００００１ ",
                户名="  梁 海云　",
                证件号码=citizen(3).lower(),
                手机号="+86 138-0000-0001",
                小区="迎泽 花园",
                房号="１５０４",
                建筑面积="１，２３６．５㎡",
                使用面积="",
                层高="2.8米",
                供热状态="",
                计费方式="",
                热价类别="非居民",
                用户类别="非居民",
                签订日期="2016年3月5日",
                往年欠费年度="2023—2024年度",
                往年欠费金额="1,354.30元",
            ),
        )
        account = Account.objects.select_related("premise").get()
        contract = SupplyContract.objects.select_related("customer").get()
        area = AreaLine.objects.get()
        assert account.number == "2200001"
        assert account.premise.address == "迎泽花园1号楼1单元1504"
        assert (contract.customer.name, contract.customer.phone) == ("梁 海云", "13800000001")
        assert contract.customer.id_number == citizen(3)
        assert (area.building_area, area.usable_area) == (Decimal("1236.50"), None)
        assert area.height == Decimal("2.80")
        assert contract.signed_on == contract.starts == date(2016, 3, 5)
        bill = Bill.objects.select_related("season").get()
        assert (bill.season.label, bill.amount_fen) == ("2023-2024", 135430)

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("瑞丰幼儿园", CustomerKind.SCHOOL),
            ("市第二人民医院", CustomerKind.HOSPITAL),
            ("宏远物业服务有限公司", CustomerKind.PROPERTY),
            ("武宿机场", CustomerKind.TRANSPORT),
            ("迎泽区人民政府", CustomerKind.GOVERNMENT),
            ("恒达商贸有限公司", CustomerKind.COMMERCIAL),
        ],
    )
    def test_non_residents_are_what_their_names_say(
        self, company: Company, name: str, kind: str
    ) -> None:
        load(
            company,
            row(1, 户名=name, 证件号码="91140100MAMCJ5H2CB", 用户类别="非居民", 热价类别="非居民"),
        )
        assert Customer.objects.get().kind == kind

    def test_text_is_kept_to_the_letter(self, company: Company) -> None:
        load(
            company,
            row(1, 户名="张\\N", 备注="\\."),
            row(2, 户名="\\N", 备注="甲\t\n乙\x1e\\x1e"),
        )
        kept = Customer.objects.order_by("phone").values_list("name", "remark")
        assert list(kept) == [("张\\N", "\\."), ("\\N", "甲 乙\\x1e")]

    def test_text_is_never_a_formula(self, company: Company) -> None:
        load(company, row(1, 户名="=1+1", 备注='=HYPERLINK("http://example.com","点我")'))
        customer = Customer.objects.get()
        assert customer.name == "=1+1"
        assert customer.remark == '=HYPERLINK("http://example.com","点我")'


class TestSeveralRows:
    def test_same_number_and_door_is_one_more_area_line(self, company: Company) -> None:
        shop = row(1, 热价类别="非居民", 用户类别="非居民", 建筑面积="24.35", 使用面积="18.26")
        report = load(company, row(1), row(2), shop)
        assert (report["accounts_good"], report["second_area_lines"]) == (2, 1)
        lines = AreaLine.objects.filter(premise__account__number="2200001").order_by("ordinal")
        assert [(line.ordinal, line.category.name, line.building_area) for line in lines] == [
            (1, "居民住宅", Decimal("100.50")),
            (2, "非居民", Decimal("24.35")),
        ]

    def test_same_number_elsewhere_is_refused_later(self, company: Company) -> None:
        found = look(company, row(1), row(2, 户号="2200001"), row(3))
        assert refused(found) == [(3, "户号重复")]

    def test_a_refused_row_keeps_its_claim(self, company: Company) -> None:
        found = look(company, row(1, 手机号="1"), row(2, 户号="2200001"))
        assert refused(found) == [(2, "手机号无效"), (3, "户号重复")]

    def test_one_door_has_one_number(self, company: Company) -> None:
        found = look(company, row(1), row(2, 房号="101"))
        assert refused(found) == [(3, "该房屋已列在户号 2200001 名下")]

    def test_an_account_is_loaded_whole_or_not_at_all(self, company: Company) -> None:
        report = load(company, row(1), row(1, 建筑面积=""), row(2))
        assert [(one["row"], one["says"]) for one in report["rows_refused"]] == [
            (2, "同户另有一行被退回，请一并更正"),
            (3, "建筑面积为空"),
        ]
        assert [account.number for account in Account.objects.all()] == ["2200002"]

    def test_lines_of_one_account_name_one_person(self, company: Company) -> None:
        found = look(company, row(1), row(1, 户名="别人"))
        assert refused(found) == [
            (2, "同户另有一行被退回，请一并更正"),
            (3, "户名或证件号码与同户首行不一致"),
        ]

    def test_one_person_with_two_homes_is_one_customer(self, company: Company) -> None:
        load(company, row(1), row(2, 证件号码=citizen(1), 户名="张乙", 低保="是"))
        assert Customer.objects.get().low_income
        assert SupplyContract.objects.count() == 2

    def test_nobody_without_a_number_is_taken_for_somebody_else(self, company: Company) -> None:
        load(company, row(1, 证件号码="", 户名="张伟"), row(2, 证件号码="", 户名="张伟"))
        assert Customer.objects.count() == 2

    def test_one_number_under_two_names_is_suspicious(self, company: Company) -> None:
        found = look(company, row(1), row(2, 证件号码=citizen(1), 户名="李四"))
        assert warned(found) == [(3, "同一证件号码已有户名 张乙")]

    def test_a_debt_in_every_row_of_the_account_is_owed_once(self, company: Company) -> None:
        owed = {"往年欠费年度": "2024-2025", "往年欠费金额": "800.5"}
        shop = row(1, 热价类别="非居民", 用户类别="非居民", 建筑面积="24.35", 使用面积="", **owed)
        report = load(company, row(1, **owed), shop)
        assert report["opening_arrears_fen"] == 80050
        assert report["rows_noted"] == [
            {"row": 3, "says": "与同户第 2 行相同，只计一次", "column": "往年欠费金额"}
        ]
        assert Bill.objects.get().amount_fen == 80050

    def test_the_same_area_twice_is_suspicious(self, company: Company) -> None:
        found = look(company, row(1), row(1))
        assert warned(found) == [(3, "与同户第 2 行面积和类别相同，将按两条面积计费")]
        assert found.second_area_lines == 1


class TestOpeningArrears:
    def test_become_a_bill_and_an_entry_of_their_season(self, company: Company) -> None:
        load(company, row(1, 往年欠费年度="2023-2024", 往年欠费金额="1354.3"))
        season = HeatingSeason.objects.get(label="2023-2024")
        assert (season.starts, season.ends, season.due_on) == (
            date(2023, 11, 1),
            date(2024, 3, 31),
            date(2023, 12, 31),
        )
        bill, contract = Bill.objects.get(), SupplyContract.objects.get()
        assert (bill.kind, bill.amount_fen, bill.due_on) == (
            "opening",
            135430,
            date(2023, 12, 31),
        )
        assert (bill.number, bill.account_number, bill.customer_name, bill.address) == (
            *("11232400000001", "2200001", "张乙", "迎泽花园1号楼1单元101"),
        )
        assert (bill.contract_id, bill.customer_id) == (contract.pk, contract.customer_id)
        entry = Transfer.objects.get()
        assert (entry.kind, entry.debit, entry.credit, entry.amount_fen) == (
            *("bill", 112200, 300000, 135430),
        )
        assert (entry.book, entry.season_id, entry.bill_id) == (season.pk, season.pk, bill.pk)
        assert (entry.contract_id, entry.business_date) == (contract.pk, date(2025, 11, 20))

    def test_a_list_of_a_company_without_seasons_is_refused(self) -> None:
        company = Company.objects.get(code="15")
        with pytest.raises(Refused) as refusal:
            look(company, row(1))
        assert refusal.value.code == "no_season"


class TestKnownAccounts:
    def test_nothing_is_overwritten_and_what_differs_is_told(self, company: Company) -> None:
        load(company, row(1), row(2))
        report = load(company, row(1, 户名="王五", 建筑面积="120", 证件号码=""), row(2), row(3))
        assert (report["accounts_new"], report["accounts_known"]) == (1, 2)
        assert report["rows_warned"] == [
            {"row": 2, "says": "与系统中不同：户名、建筑面积", "column": "户号"}
        ]
        line = AreaLine.objects.get(premise__account__number="2200001")
        assert line.building_area == Decimal("100.50")
        assert SupplyContract.objects.get(account__number="2200001").customer.name == "张乙"

    def test_a_known_number_at_another_door_is_refused(self, company: Company) -> None:
        load(company, row(1))
        assert refused(look(company, row(1, 房号="999"))) == [(2, "户号重复")]

    def test_a_known_door_under_another_number_is_refused(self, company: Company) -> None:
        load(company, row(1))
        found = look(company, row(1, 户号="9900001"))
        assert refused(found) == [(2, "该房屋在系统中已属户号 2200001")]

    def test_arrears_are_not_posted_again(self, company: Company) -> None:
        load(company, row(1, 往年欠费年度="2023-2024", 往年欠费金额="100"))
        report = load(company, row(1, 往年欠费年度="2023-2024", 往年欠费金额="200"))
        assert [one["says"] for one in report["rows_warned"]] == ["与系统中不同：往年欠费"]
        assert (report["opening_arrears_fen"], report["opening_arrears_new_fen"]) == (20000, 0)
        assert Bill.objects.get().amount_fen == 10000

    def test_the_lists_of_two_companies_have_nothing_to_do_with_each_other(
        self, company: Company
    ) -> None:
        load(company, row(1))
        other = Company.objects.get(code="12")
        HeatingSeason.objects.create(
            company=other,
            label="2025-2026",
            starts=date(2025, 11, 1),
            ends=date(2026, 3, 31),
            due_on=date(2025, 12, 31),
        )
        company.tariff_categories.model.objects.create(
            company=other, name="居民住宅", residential=True
        )
        load(other, row(1))
        assert Account.objects.filter(number="2200001").count() == 2
        assert Premise.objects.count() == Customer.objects.count() == 2


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
        found = look(
            company, empty, list(HEADINGS), row(1), empty, list(HEADINGS), row(2), total,
            headings=title,
        )  # fmt: skip
        assert (found.header_row, found.accounts_good, found.rows_skipped) == (3, 2, 3)
        assert refused(found) == []

    def test_synonyms_and_unknown_columns(self, company: Company) -> None:
        renamed = {"户号": "用户 编号", "户名": "业主姓名*", "手机号": "联系电话"}
        headings = [renamed.get(one, one) for one in HEADINGS]
        found = look(company, [*row(1, 手机号="0351-7654321"), "3"], headings=[*headings, "楼层"])
        assert (found.accounts_good, found.unknown_columns) == (1, ["楼层"])

    def test_cells_of_a_workbook(self, company: Company) -> None:
        file = xlsx_file(
            row(1, 户号=2200001, 房号=1504, 建筑面积=114.36, 签订日期="2018.12.09"),
            row(2, 建筑面积="=50*2"),
            row(3, 备注="1"),
        )
        found = preview_accounts(company, file, by=HOUSE, at=AT)
        assert found.sheet == "用户台账"
        advice = "请在表格软件中打开并保存后再导入，或直接填写结果"
        assert refused(found) == [(3, f"建筑面积的单元格 L3 是公式 =50*2，没有保存结果，{advice}")]
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
