"""The statements of one company as two banks export them, against what is known to be in them."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.management import call_command

from billing.account_list.operations import import_accounts
from billing.models import (
    BankStatement,
    CompanyBankAccount,
    Payment,
    StatementLine,
    StatementLineBooking,
    Transfer,
)
from office.actors import Actor
from office.models import Company
from tests.billing.account_list.lists import AT, company_with_season

DATA = Path(__file__).resolve().parents[4] / "shared/data"
NUMBER = "1402000000001234567"
OTHER = "1402000000007654321"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason="the data beside the checkout are not there"),
]


@pytest.fixture
def company() -> Company:
    """The company with its list of accounts and their arrears."""
    company = company_with_season()
    with (DATA / "accounts-taiyuan.xlsx").open("rb") as opened:
        import_accounts(
            company, File(opened, "list.xlsx"), dry_run=False, by=Actor.system("test"), at=AT
        )
    for number in (NUMBER, OTHER):
        CompanyBankAccount.objects.create(
            company=company, bank="工商银行", number=number, name="x", opened_on=date(2025, 1, 1)
        )
    return company


def expected(name: str) -> dict[str, Any]:
    wanted: dict[str, Any] = json.loads((DATA / f"{name}.expected.json").read_text())
    return wanted


def imported(name: str, number: str, tmp_path: Path, *options: str) -> dict[str, Any]:
    """Runs the command and returns its report."""
    target = tmp_path / "report.json"
    call_command(
        *("import_statement", str(DATA / name), "--bank-account", number),
        *("--report", str(target), *options),
        stdout=StringIO(),
    )
    report: dict[str, Any] = json.loads(target.read_text())
    return report


class TestImportStatement:
    def test_finds_exactly_what_is_in_the_statements(
        self, company: Company, tmp_path: Path
    ) -> None:
        postings = Transfer.objects.count()
        dry = imported("bank-taiyuan.csv", NUMBER, tmp_path, "--dry-run")
        assert dry == expected("bank-taiyuan")
        assert not BankStatement.objects.exists()
        first = imported("bank-taiyuan.csv", "1402 0000 0000 1234 567", tmp_path)
        assert first == expected("bank-taiyuan")
        assert StatementLine.objects.count() == 240
        workbook = imported("bank-taiyuan.xlsx", "7654321", tmp_path)
        assert workbook == expected("bank-taiyuan-xlsx")
        assert StatementLine.objects.count() == 360
        overlap = expected("bank-taiyuan-overlap")
        for options in (["--dry-run"], []):
            report = imported("bank-taiyuan-overlap.csv", NUMBER, tmp_path, *options)
            assert {key: report[key] for key in overlap} == overlap
        assert StatementLine.objects.count() == 420
        again = imported("bank-taiyuan.csv", NUMBER, tmp_path)
        assert again["new_after_first"] == 0
        assert again["rows"] == first["rows"]
        assert StatementLine.objects.count() == 420
        assert Transfer.objects.count() == postings
        assert not Payment.objects.exists()
        assert not StatementLineBooking.objects.exists()
        reversals = StatementLine.objects.filter(kind="reversal", bank_account__number=NUMBER)
        assert reversals.filter(reverses=None).count() == 0
