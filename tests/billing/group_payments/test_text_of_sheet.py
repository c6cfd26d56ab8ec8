"""A list of parts from a spreadsheet is what people see of it, or a sentence about a cell."""

from io import BytesIO

import pytest
import xlsxwriter

from billing.group_payments.parts import COLUMNS, text_of_sheet
from office.intake.sheet import open_sheet
from office.refusals import Invalid


def a_list(formula: str, result: object) -> BytesIO:
    """An .xlsx with one part whose amount is a formula; result 0 stands for none."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("户号", "金额"))
        sheet.write_string(1, 0, "1100000001")
        sheet.write_formula(1, 1, formula, None, result)
    content.seek(0)
    return content


def test_a_formula_is_its_stored_result() -> None:
    assert text_of_sheet(open_sheet(a_list("=50*2", 100.5), "x.xlsx", COLUMNS)) == (
        "1100000001\t100.5"
    )


def test_a_formula_without_a_result_is_refused_by_its_cell() -> None:
    with pytest.raises(Invalid, match="金额的单元格 B2 是公式 =50%2，没有保存结果") as refusal:
        text_of_sheet(open_sheet(a_list("=50%2", 0), "x.xlsx", COLUMNS))
    assert refusal.value.code == "formula_unsolved"
