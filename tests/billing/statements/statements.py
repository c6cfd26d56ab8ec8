"""Statements imported by tests, of lines that are given by their cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.core.files.base import ContentFile

from billing.models import BankStatement, CompanyBankAccount
from billing.statements.operations import import_statement
from office.actors import Actor
from tests.billing.statements.files import csv_file

HOUSE = Actor.system("test")
AT = datetime(2025, 12, 5, 2, tzinfo=UTC)
HEADING: list[object] = [
    "交易日期",
    "支出",
    "收入",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "流水号",
]


def statement_file(*lines: Sequence[object], opening: str = "1000.00") -> ContentFile[bytes]:
    """Returns a statement as a file; a line is (day, paid, received, balance, name, account,
    remark, serial).
    """
    rows: list[Sequence[object]] = [["期初余额", opening], HEADING, *lines]
    return ContentFile(csv_file(rows).getvalue(), "对账单.csv")


def imported(
    bank_account: CompanyBankAccount,
    *lines: Sequence[object],
    opening: str = "1000.00",
    dry_run: bool = False,
) -> BankStatement:
    """Imports a statement of these lines."""
    file = statement_file(*lines, opening=opening)
    return import_statement(bank_account, file, dry_run=dry_run, by=HOUSE, at=AT)
