"""Statements of many forms read into the same lines; no row is left out."""

import io
from datetime import date, time

import pytest

from billing.statements.lines import Line, Noted, Stated, Total, Unreadable
from billing.statements.sheets import open_table
from office.refusals import Invalid
from tests.billing.statements.files import (
    HEADING,
    TITLES,
    csv_file,
    lines_of,
    opened,
    rows_of,
    workbook,
)

FIRST = ["20251103", "", "5,571.28", "6,571.28", "杜桂", "6982153702725957\t", "1110892暖气费"]
AS_READ = Line(
    row=6,
    day=date(2025, 11, 3),
    clock=None,
    received_fen=557128,
    paid_fen=0,
    balance_fen=657128,
    payer_name="杜桂",
    payer_account="6982153702725957",
    remark="1110892暖气费",
    serial="",
)


def line(**cells: object) -> Line:
    """The only line of a statement whose columns are the keywords, in Chinese."""
    (only,) = lines_of(opened([list(cells), list(cells.values())]))
    return only


class TestFiles:
    @pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
    def test_finds_the_header_under_titles_in_either_encoding(self, encoding: str) -> None:
        file = csv_file([*TITLES, HEADING, FIRST], encoding)
        statement = open_table(file, "statement.csv")
        assert statement.header_row == 5
        assert lines_of(statement) == [AS_READ]
        assert statement.preface.account == "1402000000000000001"
        assert statement.preface.stated == [Stated(3, 100000, opening=True)]
        assert not statement.preface.foreign

    def test_reads_a_workbook_with_dates_and_numbers_as_cells(self) -> None:
        rows: list[list[object]] = [
            ["单位银行结算账户对账单"],
            ["上期余额", 1000],
            ["记账日期", "收入", "支出", "余额", "对方名称", "用途及附言"],
            [45964, 5571.28, "", 6571.28, "杜桂", "1110892暖气费"],
            [45964, "", "￥15.16", 6556.12, "", "手续费"],
        ]
        statement = open_table(workbook(rows), "statement.xlsx")
        assert statement.preface.stated == [Stated(2, 100000, opening=True)]
        received, fee = lines_of(statement)
        assert (received.row, received.day, received.received_fen) == (4, date(2025, 11, 3), 557128)
        assert (received.payer_name, received.remark) == ("杜桂", "1110892暖气费")
        assert (fee.row, fee.received_fen, fee.paid_fen, fee.balance_fen) == (5, 0, 1516, 655612)

    def test_a_file_without_a_header_is_refused(self) -> None:
        with pytest.raises(Invalid) as refusal:
            opened([["甲", "乙", "丙"], ["20251103", "1.00", "2.00"]])
        assert refusal.value.code == "header_missing"

    def test_two_columns_of_one_amount_are_refused(self) -> None:
        with pytest.raises(Invalid) as refusal:
            opened([["日期", "收入", "收入", "支出", "余额"]])
        assert (refusal.value.code, refusal.value.facts) == ("column_twice", {"columns": "收入"})

    def test_an_empty_file_is_refused(self) -> None:
        with pytest.raises(Invalid) as refusal:
            open_table(io.BytesIO(b""), "statement.csv")
        assert refusal.value.code == "header_missing"

    def test_names_that_a_bank_account_remembers_come_before_the_usual_ones(self) -> None:
        rows: list[list[object]] = [
            ["发生日", "进", "出", "结存", "金额", "附记"],
            ["2025-11-03", "7.00", "", "107.00", "注", "1110892"],
        ]
        with pytest.raises(Invalid):
            opened(rows)
        statement = opened(
            rows, day="发生日", received="进", paid="出", balance="结存", note="附记"
        )
        (only,) = lines_of(statement)
        assert (only.day, only.net_fen, only.balance_fen, only.remark) == (
            date(2025, 11, 3),
            700,
            10700,
            "1110892",
        )
        assert statement.headings == {
            "day": "发生日",
            "received": "进",
            "paid": "出",
            "balance": "结存",
            "note": "附记",
        }


class TestColumns:
    def test_one_amount_with_its_side(self) -> None:
        heading: list[object] = ["交易时间", "借贷标志", "交易金额", "余额", "对方户名"]
        rows: list[list[object]] = [
            heading,
            ["2025-11-03 09:36:00", "贷", "10.00", "110.00", "甲"],
            ["2025-11-03 09:37:00", "借", "4.00", "106.00", "乙"],
            ["2025-11-03 09:38:00", "转入", "1.00", "107.00", "丙"],
            ["2025-11-03 09:39:00", "支出", "2.00", "105.00", "丁"],
            ["2025-11-03 09:40:00", "C", "-10.00", "95.00", "甲"],
        ]
        lines = lines_of(opened(rows))
        assert [(line.received_fen, line.paid_fen) for line in lines] == [
            (1000, 0),
            (0, 400),
            (100, 0),
            (0, 200),
            (-1000, 0),
        ]
        assert (lines[0].day, lines[0].clock) == (date(2025, 11, 3), time(9, 36))

    def test_one_amount_with_its_sign(self) -> None:
        assert line(日期="20251103", 发生额="-4.00", 余额="6.00").paid_fen == 400
        assert line(日期="20251103", 发生额="4.00", 余额="6.00").received_fen == 400

    def test_payer_and_payee_in_columns_of_their_own(self) -> None:
        heading: list[object] = ["交易日期", "收入", "支出", "余额", "付款人名称", "付款人账号"]
        heading += ["收款人名称", "收款人账号"]
        rows: list[list[object]] = [
            heading,
            ["20251103", "1.00", "", "1.00", "甲", "6200001", "供热公司", "1402"],
            ["20251103", "", "1.00", "0.00", "供热公司", "1402", "乙", "6200002"],
        ]
        assert [(line.payer_name, line.payer_account) for line in lines_of(opened(rows))] == [
            ("甲", "6200001"),
            ("乙", "6200002"),
        ]

    def test_what_a_bank_prints_in_several_columns_is_one_remark(self) -> None:
        only = line(
            日期="20251103", 收入="1", 支出="", 余额="1", 摘要="转账", 用途="热费", 附言="转账"
        )
        assert only.remark == "转账 热费"


class TestRows:
    def test_every_row_is_named_as_what_it_is(self) -> None:
        rows: list[list[object]] = [
            HEADING,
            ["20251103", "", "5.00", "5.00", "甲", "", "热费"],
            [],
            ["本页合计", "0.00", "5.00"],
            ["第 1 页 共 2 页"],
            HEADING,
            ["20251104", "", "", "5.00", "", "", "承前页"],
            ["20251104", "2.00", "", "3.00", "", "", "手续费"],
            ["20251104", "x", "", "1.00", "", "", ""],
            ["", "", "9.00", "12.00", "乙", "", "热费"],
            ["20251104", "1.00", "1.00", "3.00", "", "", ""],
            ["期末余额", "3.00"],
            ["合计", "2.00", "5.00", "", "", "", ""],
        ]
        read = rows_of(opened(rows))
        assert [type(row) for row in read] == [
            *(Line, Total, Noted, Noted, Stated, Line, Unreadable, Unreadable, Unreadable),
            *(Stated, Total),
        ]
        assert [row.row for row in read] == [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
        assert read[1] == Total(4, 500, 0)
        assert read[2] == Noted(5, "第 1 页 共 2 页")
        assert read[4] == Stated(7, 500, opening=True)
        assert read[6] == Unreadable(9, "借方发生额(支取)", "借方发生额(支取)不是数字")
        assert read[7] == Unreadable(10, "交易日期", "交易日期为空")
        assert read[8] == Unreadable(11, "借方发生额(支取)", "收入和支出同时有金额")
        assert read[9] == Stated(12, 300, opening=False)

    @pytest.mark.parametrize("place", [4, 5, 6])
    def test_a_formula_without_a_result_is_no_text(self, place: int) -> None:
        line = [*FIRST]
        line[place] = '=TRIM("甲 ")'
        file = workbook([HEADING, line])
        (row,) = rows_of(open_table(file, "对账单.xlsx"))
        name = str(HEADING[place])
        assert row == Unreadable(
            2,
            name,
            f'{name}的单元格 {"ABCDEFG"[place]}2 是公式 =TRIM("甲 ")，没有保存结果，'
            "请在表格软件中打开并保存后再导入，或直接填写结果",
        )

    def test_an_account_with_asterisks_and_a_foreign_currency_are_read(self) -> None:
        statement = opened([["账号: 1402****0001 币种: 美元"], HEADING, FIRST])
        assert statement.preface.account == "1402****0001"
        assert statement.preface.foreign
