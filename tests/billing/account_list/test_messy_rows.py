"""One row of a list: every fault a sentence, nothing taken for something else."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Bill
from customers.models import Account, AreaLine, Customer, CustomerKind, SupplyContract
from office.models import Company
from tests.billing.account_list.lists import citizen, load, look, refused, row, warned

pytestmark = pytest.mark.django_db


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
        outcome = look(company, row(2), row(1, **cells))
        assert refused(outcome) == [(3, says)]
        assert outcome.accounts_good == 1

    @pytest.mark.parametrize(
        ("cells", "says"),
        [
            ({"建筑面积": "1000.01", "使用面积": ""}, "面积异常大"),
            ({"建筑面积": "800", "使用面积": "79"}, "面积异常大"),
            ({"使用面积": "100.51"}, "使用面积大于建筑面积"),
            ({"建筑面积": "89.3456"}, "建筑面积已四舍五入到两位小数"),
            ({"层高": "28"}, "层高异常"),
            ({"户名": "王\ue000英"}, "“\ue000”没有字体可以打印，单据上会显示为方框"),
            ({"热价类别": "非居民"}, "用户类别与热价类别不符"),
            ({"计费方式": "计量"}, "计量用户没有表号"),
            ({"往年欠费年度": "2024-2025"}, "有往年欠费年度而没有金额，未记欠费"),
        ],
    )
    def test_is_suspicious(self, company: Company, cells: dict[str, object], says: str) -> None:
        outcome = look(company, row(1, **cells))
        assert (refused(outcome), warned(outcome)) == ([], [(2, says)])
        assert outcome.accounts_good == 1

    def test_all_faults_are_told_in_the_order_of_the_columns(self, company: Company) -> None:
        outcome = look(company, row(1, 建筑面积="", 手机号="1", 户号="", 热价类别="无"))
        assert [remark.says for remark in outcome.refused[2]] == [
            *("户号为空", "手机号无效", "热价类别不存在", "建筑面积为空"),
        ]
        assert outcome.as_json()["rows_refused"] == [
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
        outcome = look(company, [*row(1), "1"])
        assert refused(outcome) == [(2, "单元格比表头多，请检查是否多了逗号")]

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
        texts = Customer.objects.order_by("phone").values_list("name", "remark")
        assert list(texts) == [("张\\N", "\\."), ("\\N", "甲 乙\\x1e")]

    def test_text_is_never_a_formula(self, company: Company) -> None:
        load(company, row(1, 户名="=1+1", 备注='=HYPERLINK("http://example.com","点我")'))
        customer = Customer.objects.get()
        assert customer.name == "=1+1"
        assert customer.remark == '=HYPERLINK("http://example.com","点我")'
