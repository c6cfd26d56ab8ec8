"""Open debts by season, community and kind of payer agree with the ledger to the fen."""

from datetime import date
from io import BytesIO

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from billing.chart import LedgerAccount
from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.dunning.ageing import AGE_CLASSES, with_ages
from billing.models import DebtAge, Transfer
from customers.models.customer import CustomerKind
from heating.roles import CASHIER, CLERK
from office.actors import Actor
from office.models import Company
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_season,
    an_account,
    an_issued_bill,
)
from tests.shared_rows import shared

BILL = 205_848
LIST = "admin:billing_debtage_changelist"


def an_indebted_city() -> Company:
    """Three flats and a shop: the first flat owes two bills, the third one nothing."""
    company = a_company()
    now, last = a_season(company), a_season(company, "2024-2025")
    flats = [a_contract(an_account(company), a_customer(company)) for _ in range(3)]
    shop = a_contract(an_account(company), a_customer(company, kind=CustomerKind.COMMERCIAL))
    bills = [an_issued_bill(contract, now) for contract in [*flats, shop]]
    an_issued_bill(flats[0], last)
    # The third flat owes nothing any more.
    till = Actor.staff(a_member_of_staff("cashier", CASHIER, company))
    open_shift(company, till="1", float_fen=0, by=till, at=NOW)
    take_cash(flats[2], CounterForm("a" * 32, [bills[2]], 205_848, 205_848), by=till, at=NOW)
    other = a_company("21")
    an_issued_bill(a_contract(an_account(other), a_customer(other)))
    return company


city = shared(an_indebted_city)


def receivable_fen(company: Company) -> int:
    rows = Transfer.objects.filter(company=company)
    sums = [
        rows.filter(**{side: LedgerAccount.RECEIVABLE}).aggregate(fen=Sum("amount_fen"))["fen"]
        for side in ("debit", "credit")
    ]
    return int(sums[0] - sums[1])


class TestAgeClass:
    @pytest.mark.parametrize(
        ("days", "column"),
        [
            (-5, "not_due_fen"),
            (0, "not_due_fen"),
            (1, "to_30_fen"),
            (30, "to_30_fen"),
            (31, "to_90_fen"),
            (90, "to_90_fen"),
            (91, "to_365_fen"),
            (365, "to_365_fen"),
            (366, "beyond_fen"),
        ],
    )
    def test_each_day_belongs_to_one_class(self, days: int, column: str) -> None:
        assert [age.column for age in AGE_CLASSES if age.includes(days)] == [column]


@pytest.mark.django_db
class TestDebtAge:
    @pytest.mark.parametrize(
        ("on", "last_season", "this_season"),
        [
            (date(2024, 12, 31), "not_due_fen", "not_due_fen"),
            (date(2026, 1, 30), "beyond_fen", "to_30_fen"),
            (date(2026, 1, 31), "beyond_fen", "to_90_fen"),
        ],
    )
    def test_a_debt_stands_in_the_class_of_its_age(
        self, city: Company, on: date, last_season: str, this_season: str
    ) -> None:
        names = ["season__label", "payer_kind", "contract_count", "open_fen"]
        columns = [age.column for age in AGE_CLASSES]
        debts = with_ages(DebtAge.objects.filter(company=city), on=on)
        shown = [
            (*row[:4], [column for column, fen in zip(columns, row[4:], strict=True) if fen])
            for row in debts.order_by("season__label", "payer_kind").values_list(*names, *columns)
        ]
        assert shown == [
            ("2024-2025", "resident", 1, BILL, [last_season]),
            ("2025-2026", "commercial", 1, BILL, [this_season]),
            ("2025-2026", "resident", 2, 2 * BILL, [this_season]),
        ]

    def test_its_rows_add_up_to_the_ledger(self, city: Company) -> None:
        total = DebtAge.objects.filter(company=city).aggregate(fen=Sum("open_fen"))["fen"]
        assert total == receivable_fen(city) == 4 * BILL

    def test_the_page_adds_up_by_age_and_is_kept_as_a_spreadsheet(
        self, client: Client, city: Company
    ) -> None:
        client.force_login(a_member_of_staff("clerk", CLERK, city))
        answer = client.get(reverse(LIST), {"payer_kind__exact": "resident"})
        assert dict(answer.context["cl"].figures.totals) == {
            "欠费（元）": "6,175.44",
            "未到期（元）": "0.00",
            "逾期 1–30 天（元）": "0.00",
            "31–90 天（元）": "0.00",
            "91–365 天（元）": "4,116.96",
            "超过一年（元）": "2,058.48",
        }
        exported = client.post(reverse(LIST), {"export_list": "xlsx"}).content
        sheet = CalamineWorkbook.from_filelike(BytesIO(exported)).get_sheet_by_index(0)
        amounts = [row[5] for row in sheet.to_python()[1:]]
        assert sorted(amounts) == [2058.48, 2058.48, 4116.96]
