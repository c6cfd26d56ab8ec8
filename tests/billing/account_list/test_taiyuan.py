"""The account list of one company as its clerks keep it, against what is known to be in it."""

import json
from pathlib import Path

import pytest
from django.core.files import File

from billing.account_list.operations import import_accounts, preview_accounts
from billing.models import AccountImport, Bill, HeatingSeason, Transfer
from customers.models import Account, AreaLine, Customer, Premise, SupplyContract
from office.actors import Actor
from office.models import Company, JournalEntry
from tests.billing.account_list.lists import AT

DATA = Path(__file__).resolve().parents[4] / "shared/data"
LIST = DATA / "accounts-taiyuan.xlsx"
HOUSE = Actor.system("test")
KEYS = (
    *("company", "sheet", "header_row", "accounts_good", "second_area_lines"),
    "opening_arrears_fen",
)
KEPT = (Account, AreaLine, Bill, Customer, HeatingSeason, Premise, SupplyContract, Transfer)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not LIST.exists(), reason="the data beside the checkout are not there"),
]


@pytest.fixture
def expected() -> dict[str, object]:
    figures: dict[str, object] = json.loads((DATA / "accounts-taiyuan.expected.json").read_text())
    return figures


def counted() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in KEPT}


class TestImportAccounts:
    def test_finds_exactly_what_is_in_the_list(
        self, company: Company, expected: dict[str, object]
    ) -> None:
        before = counted()
        with LIST.open("rb") as opened:
            outcome = preview_accounts(company, File(opened, LIST.name), by=HOUSE, at=AT)
        report = outcome.as_json()
        assert {key: report[key] for key in KEYS} == {key: expected[key] for key in KEYS}
        for key in ("rows_refused", "rows_warned"):
            assert [
                {"row": reported_row["row"], "says": reported_row["says"]}
                for reported_row in report[key]
            ] == expected[key]
        assert counted() == before
        assert not AccountImport.objects.exists()
        assert not JournalEntry.objects.exists()

    def test_loads_it_once(self, company: Company, expected: dict[str, object]) -> None:
        with LIST.open("rb") as opened:
            import_accounts(company, File(opened, LIST.name), dry_run=False, by=HOUSE, at=AT)
        loaded = counted()
        assert loaded["Account"] == loaded["SupplyContract"] == loaded["Premise"] == 2956
        assert loaded["AreaLine"] == 2956 + 14
        assert sum(Bill.objects.values_list("amount_fen", flat=True)) == 17449036
        assert sum(Transfer.objects.values_list("amount_fen", flat=True)) == 17449036
        with LIST.open("rb") as opened:
            again = import_accounts(
                company, File(opened, LIST.name), dry_run=False, by=HOUSE, at=AT
            )
        assert counted() == loaded
        assert (again.report["accounts_new"], again.report["accounts_known"]) == (0, 2956)
        assert [warned_row["row"] for warned_row in again.report["rows_warned"]] == [
            warned_row["row"]
            for warned_row in expected["rows_warned"]  # type: ignore[attr-defined]
        ]
