"""Lists: counts and totals, filters in the page, exports of what is seen, days with their year."""

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation
from python_calamine import CalamineWorkbook

from billing.models import Payment
from billing.payments.admin import PaymentAdmin
from customers.models import HeatSource, HeatStation
from heating.roles import CASHIER, CLERK, MANAGER
from office.calendar import business_date
from office.dates import day_text, moment_text
from office.lists import operations as exports
from office.lists.list_columns import ListColumn, MoneyColumn, reader_of
from office.models import Company, JournalEntry, User
from office.screens.records import RecordAdmin
from office.zone import SHANGHAI
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.clock import present

pytestmark = pytest.mark.django_db

BILLS = "admin:billing_bill_changelist"
ACCOUNTS = "admin:customers_account_changelist"


@pytest.fixture
def company() -> Company:
    return a_company()


@pytest.fixture
def clerk(company: Company, client: Client) -> User:
    clerk = a_member_of_staff("clerk", CLERK, company)
    client.force_login(clerk)
    return clerk


def owing(company: Company, name: str, area: str = "100") -> str:
    """The number of a new account with one bill that nobody has paid."""
    account = an_account(company, area=area)
    an_issued_bill(a_contract(account, a_customer(company, name)))
    return account.number


def sheet(answer: Any) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python()


class TestFigures:
    def test_a_list_says_how_many_and_how_much(
        self, client: Client, clerk: User, company: Company
    ) -> None:
        owing(company, "王秀英")
        owing(company, "李建国", "50.5")
        page = client.get(reverse(BILLS))
        figures = page.context["cl"].figures
        assert (figures.count, figures.beyond) == (2, False)
        assert figures.totals == [("应缴（元）", "2,709.00"), ("未缴（元）", "2,709.00")]
        text = page.content.decode()
        assert "共 2 条" in text
        assert 'class="number">2,709.00</strong>' in text
        assert 'class="field-amount' in text
        assert text.count(" figure-column") >= 2 * 2

    def test_of_the_rows_that_are_filtered(
        self, client: Client, clerk: User, company: Company
    ) -> None:
        number = owing(company, "王秀英")
        owing(company, "李建国", "50.5")
        figures = client.get(reverse(BILLS), {"q": number}).context["cl"].figures
        assert (figures.count, figures.totals[0][1]) == (1, "1,800.00")

    def test_a_list_beyond_the_limit_says_so_and_adds_nothing_up(
        self, client: Client, clerk: User, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(RecordAdmin, "most_counted", 1)
        for name in ("王秀英", "李建国"):
            owing(company, name)
        page = client.get(reverse(BILLS))
        assert (page.context["cl"].figures.beyond, page.context["cl"].figures.totals) == (True, [])
        assert "超过 1 条" in page.content.decode()

    def test_every_column_of_money_is_one(self) -> None:
        """A new list with a method that writes yuan itself would have no total and no alignment."""
        plain = [
            (screen.opts.label, name)
            for screen in admin.site._registry.values()
            for name in screen.list_display
            if isinstance(name, str)
            and "（元）" in str(getattr(getattr(screen, name, None), "short_description", ""))
            and not isinstance(getattr(screen, name), MoneyColumn)
        ]
        assert plain == []
        assert isinstance(PaymentAdmin.amount, MoneyColumn)


class TestFilters:
    def test_stand_in_the_page_as_menus(self, client: Client, clerk: User) -> None:
        text = client.get(reverse(BILLS)).content.decode()
        assert "<select data-go>" in text
        assert "changelist-filter" not in text

    def test_days_are_included_at_both_ends(self, client: Client, company: Company) -> None:
        client.force_login(User.objects.create_superuser("boss", password="x"))
        page = reverse("admin:billing_payment_changelist")
        answer = client.get(page, {"business_date__from": "2026-01-15", "q": ""})
        assert answer.status_code == 200
        text = answer.content.decode()
        assert 'name="business_date__from" value="2026-01-15"' in " ".join(text.split())
        assert Payment.objects.count() == 0
        assert client.get(page, {"business_date__from": "15"}).status_code == 302


class TestArrears:
    def test_an_account_shows_what_is_open_and_is_found_by_it(
        self, client: Client, clerk: User, company: Company
    ) -> None:
        owing_number = owing(company, "王秀英")
        paid_up = an_account(company)
        rows = client.get(reverse(ACCOUNTS)).context["cl"].result_list
        assert {row.number: row.arrears_fen for row in rows} == {
            owing_number: 180_000,
            paid_up.number: 0,
        }
        for choice, expected in (("yes", [owing_number]), ("no", [paid_up.number])):
            rows = client.get(reverse(ACCOUNTS), {"arrears": choice}).context["cl"].result_list
            assert [row.number for row in rows] == expected

    def test_the_list_adds_them_up(self, client: Client, clerk: User, company: Company) -> None:
        owing(company, "王秀英")
        owing(company, "李建国", "50.5")
        figures = client.get(reverse(ACCOUNTS)).context["cl"].figures
        assert figures.totals == [("欠费（元）", "2,709.00")]


class TestExportList:
    def test_writes_the_columns_and_rows_of_the_screen(
        self, client: Client, clerk: User, company: Company
    ) -> None:
        owing(company, "=1+1")
        owing(company, "李建国", "50.5")
        answer = client.post(reverse(BILLS), {"export_list": "xlsx"})
        assert answer.headers["Content-Disposition"].endswith(".xlsx")
        assert "no-store" in answer.headers["Cache-Control"]
        heading, *rows = sheet(answer)
        assert heading == ["账单号", "采暖季", "种类", "户号", "户名", "应缴（元）", "未缴（元）"]
        assert [row[4:] for row in rows] == [
            ["李建国", 909.0, 909.0],
            ["=1+1", 1800.0, 1800.0],
        ]

    def test_leaves_a_line_in_the_journal(
        self, client: Client, clerk: User, company: Company
    ) -> None:
        number = owing(company, "王秀英")
        client.post(f"{reverse(BILLS)}?q={number}", {"export_list": "xlsx"})
        entry = JournalEntry.objects.get(action="export_list")
        assert (entry.by, entry.company, entry.record_id) == (clerk, company, clerk.pk)
        assert entry.facts == {"list": "账单", "rows": 1, "filters": f"q={number}"}

    def test_beyond_the_limit_it_refuses_with_a_sentence(
        self, client: Client, clerk: User, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exports, "MOST_EXPORTED", 1)
        for name in ("王秀英", "李建国"):
            owing(company, name)
        answer = client.post(f"{reverse(BILLS)}?kind__exact=season", {"export_list": "xlsx"})
        assert (answer.status_code, answer.headers["Location"][-19:]) == (
            302,
            "?kind__exact=season",
        )
        assert [str(m) for m in get_messages(answer.wsgi_request)] == [
            "一次最多导出 1 行，请先筛选再导出。"
        ]
        assert not JournalEntry.objects.filter(action="export_list").exists()

    def test_nobody_exports_a_list_they_may_not_see(self, client: Client, company: Company) -> None:
        client.force_login(a_member_of_staff("cashier", CASHIER, company))
        page = reverse("admin:office_user_changelist")
        assert client.post(page, {"export_list": "xlsx"}).status_code == 403
        assert not JournalEntry.objects.filter(action="export_list").exists()

    def test_another_companys_rows_stay_out(
        self, client: Client, clerk: User, company: Company
    ) -> None:
        owing(a_company("21"), "外人")
        assert len(sheet(client.post(reverse(BILLS), {"export_list": "xlsx"}))) == 1

    def test_asks_no_more_often_for_more_rows(
        self,
        client: Client,
        clerk: User,
        company: Company,
        django_assert_max_num_queries: Any,
    ) -> None:
        def ask() -> int:
            with django_assert_max_num_queries(40) as captured:
                client.post(reverse(ACCOUNTS), {"export_list": "xlsx"})
            return len(captured)

        owing(company, "王秀英")
        ask()
        few = ask()
        for _ in range(5):
            owing(company, "王秀英")
        assert ask() == few


class TestComputedColumns:
    """Columns that a method of the screen makes: counts are figures, days are written as days."""

    @pytest.mark.parametrize(
        ("value", "shown"),
        [(3, True), (Decimal("18.5"), True), ("3", False), (date(2025, 1, 2), False)],
    )
    def test_are_figures_by_the_type_they_return(self, value: Any, shown: bool) -> None:
        def method(record: Any) -> Any:
            return value

        method.__annotations__["return"] = type(value)
        assert ListColumn("method", "", method, None).is_figure is shown

    def test_of_counts_stand_right_aligned_and_are_exported_as_numbers(
        self, client: Client, company: Company
    ) -> None:
        source = HeatSource.objects.create(company=company, name="城南热电厂")
        for name in ("一站", "二站"):
            HeatStation.objects.create(company=company, name=name, heat_source=source)
        client.force_login(a_member_of_staff("manager", MANAGER, company))
        page = reverse("admin:customers_heatsource_changelist")
        cell = re.search(r"<td[^>]*figure[^>]*>\s*2\s*</td>", client.get(page).content.decode())
        assert cell is not None
        row = sheet(client.post(page, {"export_list": "xlsx"}))[1]
        assert row == ["城南热电厂", 2.0, company.short_name]

    def test_of_days_have_their_year_like_other_days(self) -> None:
        today = business_date(present())
        screen = SimpleNamespace(get_empty_value_display=lambda: "-")
        changes: Any = SimpleNamespace(model_admin=screen)
        days: list[Any] = [today, today.replace(year=today.year - 1, day=1), None]
        column = ListColumn("day", "", lambda day: day, None)
        read = reader_of(changes, column)
        this_year, last_year = f"{today:%m-%d}", f"{today.year - 1}-{today:%m}-01"
        assert [read(day) for day in days] == [this_year, last_year, "-"]


class TestDays:
    def test_have_their_year_when_it_is_not_this_one(self) -> None:
        today = date(2026, 1, 3)
        assert day_text(date(2026, 1, 1), today) == "01-01"
        assert day_text(date(2025, 12, 31), today) == "2025-12-31"
        last_year = datetime(2025, 12, 31, 23, 59, tzinfo=SHANGHAI)
        assert moment_text(last_year, today) == "2025-12-31 23:59"
        assert moment_text(NOW.replace(year=2026), today).count("-") == 1

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_django_writes_them_alike_in_both_languages(self, language: str) -> None:
        moment = datetime(2026, 1, 15, 9, 5, tzinfo=SHANGHAI)
        with translation.override(language):
            assert formats.localize(date(2026, 1, 15)) == "2026-01-15"
            assert formats.localize(moment) == "2026-01-15 09:05"
