"""A small list is what people see of it: one visible sheet, whole, with results and no formulas."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from customers.connection.building_table import read_flats
from office.intake.small_sheet import read_small_sheet
from office.refusals import Invalid
from office.working_days.arrangement import read_rows

HEADINGS = ("楼号", "单元", "房号", "建筑面积", "热价类别", "户名")
FLAT = ("1号楼", "1单元", "101", 88.5, "居民住宅", "王秀英")


def a_book(*sheets: Callable[[Any], None]) -> BytesIO:
    """An .xlsx whose sheets are filled one after the other."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for fill in sheets:
            fill(book.add_worksheet())
        # Something has to be seen when the workbook is opened.
        visible = [sheet for sheet in book.worksheets() if not sheet.hidden]
        if visible:
            visible[0].activate()
            visible[0].set_first_sheet()
    content.seek(0)
    return content


def flats(sheet: Any) -> None:
    for row, cells in enumerate((HEADINGS, FLAT)):
        sheet.write_row(row, 0, cells)


def hidden(sheet: Any) -> None:
    flats(sheet)
    sheet.write(1, 2, "999")
    sheet.hide()


def empty(sheet: Any) -> None:
    pass


def with_hidden_rows(sheet: Any) -> None:
    flats(sheet)
    sheet.write_row(2, 0, (*FLAT[:2], "102", *FLAT[3:]))
    sheet.set_row(2, None, None, {"hidden": True})
    # A hidden row without anything in it is no loss.
    sheet.set_row(5, None, None, {"hidden": True})


def rooms(*sheets: Callable[[Any], None]) -> list[str]:
    read, faults = read_flats(a_book(*sheets), {"居民住宅"})
    assert faults == []
    return [flat.room for flat in read]


def merged(sheet: Any) -> None:
    """Two flats under a merged name of the building and a merged area."""
    sheet.write_row(0, 0, HEADINGS)
    for row, room in ((1, "101"), (2, "102")):
        sheet.write_row(row, 0, ("", "1单元", room, "", "居民住宅", "王秀英"))
    sheet.merge_range(1, 0, 2, 0, "1号楼")
    sheet.merge_range(1, 3, 2, 3, 100)


class TestReadSmallSheet:
    def test_a_merged_name_stands_in_every_row_and_a_merged_figure_in_the_first(self) -> None:
        read, faults = read_flats(a_book(merged), {"居民住宅"})
        assert [(flat.building, flat.room, flat.area) for flat in read] == [
            ("1号楼", "101", Decimal("100"))
        ]
        assert [row for row, _fault in faults] == [3]

    def test_a_hidden_or_empty_sheet_is_never_taken_instead_of_the_visible_one(self) -> None:
        assert rooms(hidden, flats) == ["101"]
        assert rooms(empty, hidden, flats, empty) == ["101"]

    @pytest.mark.parametrize(
        ("sheets", "code", "sentence"),
        [
            ((flats, flats), "sheets_many", "只读取一张工作表，请删除或隐藏多余的：Sheet1、Sheet2"),
            ((with_hidden_rows,), "rows_hidden", "有 1 行被隐藏（如第 3 行）"),
        ],
    )
    def test_what_would_be_left_out_without_a_word_is_refused(
        self, sheets: tuple[Callable[[Any], None], ...], code: str, sentence: str
    ) -> None:
        with pytest.raises(Invalid, match=sentence) as refused:
            read_small_sheet(a_book(*sheets))
        assert refused.value.code == code

    @pytest.mark.parametrize(
        ("column", "formula", "sentence"),
        [
            (5, '=TRIM("王秀英 ")', '户名的单元格 F2 是公式 =TRIM("王秀英 ")，没有保存结果'),
            (3, "=44*2", "建筑面积的单元格 D2 是公式 =44*2，没有保存结果"),
            (2, "=100+1", "房号的单元格 C2 是公式 =100+1，没有保存结果"),
        ],
    )
    def test_a_formula_without_a_result_is_a_fault_that_names_its_cell(
        self, column: int, formula: str, sentence: str
    ) -> None:
        def unsolved(sheet: Any) -> None:
            flats(sheet)
            sheet.write_formula(1, column, formula)

        read, ((row, fault),) = read_flats(a_book(unsolved), {"居民住宅"})
        assert (read, row, fault.startswith(sentence)) == ([], 2, True)

    def test_a_formula_is_its_stored_result(self) -> None:
        def solved(sheet: Any) -> None:
            flats(sheet)
            sheet.write_formula(1, 5, '="王"&"秀英"', None, "王秀英")
            sheet.write_formula(1, 2, "=100+1", None, 101)

        (flat,), faults = read_flats(a_book(solved), {"居民住宅"})
        assert (flat.name, flat.room, faults) == ("王秀英", "101", [])

    def test_a_day_of_the_calendar_that_is_an_unsolved_formula_is_a_fault(self) -> None:
        def days(sheet: Any) -> None:
            sheet.write_row(0, 0, ("日期", "安排"))
            sheet.write_formula(1, 0, "=TODAY()")
            sheet.write(1, 1, "放假")

        (fault,) = read_rows(read_small_sheet(a_book(days))).faults
        assert (fault.row, str(fault.says)[:27]) == (2, "此行的单元格 A2 是公式 =TODAY()，没有保存")
