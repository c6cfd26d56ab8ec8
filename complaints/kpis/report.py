"""The monthly report as PDF and as workbook, both from the same figures."""

from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone

from complaints.kpis.arithmetic import Figure
from complaints.kpis.chart import Bar, bar_chart
from complaints.kpis.report_figures import MonthlyReport
from complaints.measures import KPIS, Form
from office.language import in_chinese
from office.pdf import render_pdf

# Text stays text: nothing in a sheet is a formula or a link, whatever a crew is called.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_TITLES = {
    "company": "按公司",
    "heat_station": "按换热站",
    "crew": "按班组",
    "kind": "按类型",
    "channel": "按渠道",
}


def report_pdf(report: MonthlyReport) -> bytes:
    """Returns the report as A4 PDF, in Chinese whatever the reader's language."""
    with in_chinese():
        received = [Bar(f"{day:%d}", figures["received"].height) for day, figures in report.days]
        in_time = [
            Bar(f"{day:%d}", figures["closed_in_time"].height) for day, figures in report.days
        ]
        context = {
            "report": report,
            "definitions": KPIS,
            "tables": [(_TITLES[name], rows) for name, rows in report.tables.items()],
            "received": bar_chart(received),
            "in_time": bar_chart(in_time, highest=100),
            "created": _created(report),
        }
        return render_pdf("complaints/kpis/kpi_report.html", context)


def report_xlsx(report: MonthlyReport) -> bytes:
    """Returns a workbook with sheets for the month, tables, days, corrections and definitions."""
    out = BytesIO()
    with in_chinese(), xlsxwriter.Workbook(out, _OPTIONS) as book:
        bold = book.add_format({"bold": True})
        _month(book.add_worksheet("月度指标"), report, bold)
        head = [_name_of(kpi) for kpi in KPIS for _part in _parts(kpi.form)]
        parts = [part for kpi in KPIS for part in _parts(kpi.form)]
        for name, rows in report.tables.items():
            cells = [(row.name, row.cells) for row in rows]
            _table(book.add_worksheet(_TITLES[name]), head, parts, cells, bold)
        days = [(f"{day}", [figures[kpi.code] for kpi in KPIS]) for day, figures in report.days]
        _table(book.add_worksheet("按日"), head, parts, days, bold)
        _corrections(book.add_worksheet("更正"), report, bold)
        _definitions(book.add_worksheet("指标定义"), bold)
    return out.getvalue()


def _month(sheet: Any, report: MonthlyReport, bold: Any) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 6, 12)
    rows: list[list[Any]] = [
        ["公司", report.whose],
        ["月份", f"{report.month.since:%Y-%m}"],
        ["定义版本", "、".join(f"{version}" for version in report.versions) or "—"],
        ["计算时间", _moment(report.computed_at) or "—"],
        ["更正", f"{len(report.corrections)} 项"],
        [],
    ]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    head = ["指标", "分子", "分母", "P50（分钟）", "P90（分钟）", "本月", "上年同月"]
    sheet.write_row(len(rows), 0, head, bold)
    for number, line in enumerate(report.lines, start=len(rows) + 1):
        times = [line.now.times.p50, line.now.times.p90] if line.now.times else ["", ""]
        whole = [line.now.numerator, line.now.denominator]
        name = _name_of(line.kpi)
        sheet.write_row(number, 0, [name, *whole, *times, line.now.text, line.before.text])


def _table(
    sheet: Any, head: list[str], parts: list[str], rows: list[tuple[str, list[Figure]]], bold: Any
) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(head), 11)
    sheet.freeze_panes(2, 1)
    sheet.write_row(0, 0, ["", *head], bold)
    sheet.write_row(1, 0, ["", *parts], bold)
    for number, (name, figures) in enumerate(rows, start=2):
        sheet.write_row(
            number, 0, [name, *(value for figure in figures for value in _values(figure))]
        )


def _corrections(sheet: Any, report: MonthlyReport, bold: Any) -> None:
    sheet.set_column(0, 6, 16)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, ["业务日", "公司", "指标", "修订", "更正", "更正时间", "原因"], bold)
    for number, corrected in enumerate(report.corrections, start=1):
        night = corrected.correction.night
        sheet.write_row(
            number,
            0,
            [
                f"{night.day}",
                corrected.correction.company.short_name,
                _name_of(corrected.kpi),
                night.revision,
                corrected.whole,
                _moment(night.computed_at),
                corrected.correction.cause,
            ],
        )


def _definitions(sheet: Any, bold: Any) -> None:
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 4, 56)
    sheet.write_row(0, 0, ["指标", "分子", "分母", "计入哪一天", "依据"], bold)
    for number, kpi in enumerate(KPIS, start=1):
        cells = [kpi.name, kpi.numerator, kpi.denominator, kpi.day, kpi.source]
        sheet.write_row(number, 0, [str(cell) for cell in cells])


def _parts(form: Form) -> list[str]:
    if form is Form.COUNT:
        return ["数量"]
    return ["分子", "分母"] if form is Form.RATIO else ["数量", "P50", "P90"]


def _values(figure: Figure) -> list[Any]:
    if figure.kpi.form is Form.COUNT:
        return [figure.denominator]
    if figure.kpi.form is Form.RATIO:
        return [figure.numerator, figure.denominator]
    times = [figure.times.p50, figure.times.p90] if figure.times else ["", ""]
    return [figure.denominator, *times]


def _name_of(kpi: Any) -> str:
    return str(kpi.name)


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _created(report: MonthlyReport) -> str:
    if report.computed_at is None:
        return ""
    return timezone.localtime(report.computed_at).isoformat(timespec="seconds")
