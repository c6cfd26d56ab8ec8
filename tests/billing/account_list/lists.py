"""Account lists built for tests: a row that is right, and files made of such rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile

from billing.account_list.operations import import_accounts, preview_accounts
from billing.account_list.report import Outcome, Remarks
from billing.models import HeatingSeason
from customers.models import TariffCategory
from office.actors import Actor
from office.identity import id_check_character
from office.models import Company
from tests.builders import a_company

HEADINGS = (
    *("户号", "户名", "证件号码", "手机号", "小区", "楼号", "单元", "房号", "换热站", "用户类别"),
    *("热价类别", "建筑面积", "使用面积", "层高", "供热状态", "计费方式", "表号", "合同编号"),
    *("签订日期", "往年欠费年度", "往年欠费金额", "低保", "备注"),
)
AT = datetime(2025, 11, 20, 2, 0, tzinfo=UTC)


def company_with_season() -> Company:
    """A company with the season 2025-2026 and the two usual categories."""
    company = a_company()
    HeatingSeason.objects.create(
        company=company,
        label="2025-2026",
        starts=date(2025, 11, 1),
        ends=date(2026, 3, 31),
        billable_months=5,
        due_on=date(2025, 12, 31),
    )
    for name, residential in (("居民住宅", True), ("非居民", False)):
        TariffCategory.objects.create(company=company, name=name, residential=residential)
    return company


def citizen(serial: int) -> str:
    """A citizen number that exists nowhere."""
    first = f"140105{1950 + serial % 50}0{1 + serial % 9}1{serial % 10}{serial // 10 % 1000:03d}"
    return first + id_check_character(first)


def row(serial: int = 1, **cells: object) -> list[object]:
    """The row of one account; `cells` by heading replace what is right."""
    right: dict[str, object] = {
        "户号": f"22{serial:05d}",
        "户名": f"张{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}",
        "证件号码": citizen(serial),
        "手机号": f"138{serial:08d}",
        "小区": "迎泽花园",
        "楼号": "1号楼",
        "单元": "1单元",
        "房号": f"{100 + serial}",
        "换热站": "迎泽站",
        "用户类别": "居民",
        "热价类别": "居民住宅",
        "建筑面积": "100.5",
        "使用面积": "75.3",
        "层高": "2.8",
        "供热状态": "正常",
        "计费方式": "面积",
        "合同编号": f"GR-2016-{serial:05d}",
        "签订日期": "2016-03-05",
    }
    unknown = set(cells) - set(HEADINGS)
    assert not unknown, unknown
    return [{**right, **cells}.get(heading, "") for heading in HEADINGS]


def csv_file(
    *rows: Sequence[object],
    encoding: str = "utf-8",
    headings: Sequence[str] = HEADINGS,
    name: str = "台账.csv",
) -> ContentFile[Any]:
    """A .csv with the header in its first row: the first of `rows` is row 2."""
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return ContentFile(text.getvalue().encode(encoding), name=name)


def xlsx_file(
    *rows: Sequence[object], headings: Sequence[str] = HEADINGS, name: str = "台账.xlsx"
) -> ContentFile[Any]:
    """An .xlsx with the header in its first row; text that begins with = becomes a formula."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
        sheet = book.add_worksheet("用户台账")
        for line, cells in enumerate([headings, *rows]):
            sheet.write_row(line, 0, cells)
    return ContentFile(memory.getvalue(), name=name)


HOUSE = Actor.system("test")


def look(company: Company, *rows: Sequence[object], **options: Any) -> Outcome:
    return preview_accounts(company, csv_file(*rows, **options), by=HOUSE, at=AT)


def load(company: Company, *rows: Sequence[object], **options: Any) -> dict[str, Any]:
    file = csv_file(*rows, **options)
    report: dict[str, Any] = import_accounts(company, file, dry_run=False, by=HOUSE, at=AT).report
    return report


def refused(outcome: Outcome) -> list[tuple[int, str]]:
    return _sentences(outcome.refused)


def warned(outcome: Outcome) -> list[tuple[int, str]]:
    return _sentences(outcome.warned)


def _sentences(remarks: Remarks) -> list[tuple[int, str]]:
    """Returns each row's number with each sentence about it."""
    return [(number, finding.says) for number, findings in remarks.items() for finding in findings]
