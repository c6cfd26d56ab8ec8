"""The journal serves an auditor: people and records by name, facts as words, search in Chinese."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from customers.models import Account
from heating.roles import AUDITOR, CASHIER
from office import journal
from office.actors import Actor
from office.models import Company, JournalEntry, User
from tests.builders import a_company, a_member_of_staff, an_account

pytestmark = pytest.mark.django_db

PAGE = "admin:office_journalentry_changelist"
NOW = datetime(2026, 1, 12, 2, tzinfo=UTC)


@pytest.fixture
def company() -> Company:
    return a_company()


@pytest.fixture
def cashier(company: Company) -> User:
    cashier = a_member_of_staff("cashier", CASHIER, company)
    cashier.last_name, cashier.first_name = "张", "三"
    cashier.save()
    return cashier


@pytest.fixture
def auditor(company: Company, client: Client) -> Client:
    client.force_login(a_member_of_staff("auditor", AUDITOR, company))
    return client


def wrote(action: str, target: Any, by: User, at: datetime = NOW, **facts: Any) -> JournalEntry:
    return journal.record(action, target, by=Actor.staff(by), at=at, **facts)


def shown(client: Client, **query: Any) -> list[str]:
    """The actions that the list shows under the query, newest first."""
    answer = client.get(reverse(PAGE), query)
    assert answer.status_code == 200
    return [entry.action for entry in answer.context["cl"].result_list]


class TestALine:
    def test_names_the_person_the_record_and_the_facts(
        self, auditor: Client, company: Company, cashier: User
    ) -> None:
        account = an_account(company)
        wrote(
            "receive_payment",
            account,
            cashier,
            amount_fen=162000,
            method="cash",
            in_suspense=False,
            happened_at="2026-01-12T01:30:00+00:00",
        )
        page = auditor.get(reverse(PAGE)).content.decode()
        address = reverse("admin:customers_account_change", args=[account.pk])
        assert f'<a class="plain-link" href="{address}">户号 {account.number}</a>' in page
        assert "张三" in page
        assert "收款入账" in page
        assert "方式 现金；金额 1,620.00 元；实际时间 2026-01-12 09:30；待查款项 否" in page

    def test_of_another_companys_record_only_its_number(
        self, auditor: Client, company: Company, cashier: User
    ) -> None:
        stranger = an_account(a_company("21"))
        wrote("open_account", stranger, cashier)
        entry = journal.record(
            "open_account", stranger, by=Actor.staff(cashier), at=NOW, company=company
        )
        page = auditor.get(reverse(PAGE)).content.decode()
        assert f"户号 #{stranger.pk}" in page
        assert stranger.number not in page
        assert entry.company == company

    def test_a_page_asks_once_for_each_kind_of_record(
        self,
        auditor: Client,
        company: Company,
        cashier: User,
        django_assert_max_num_queries: Any,
    ) -> None:
        def ask() -> int:
            with django_assert_max_num_queries(40) as captured:
                auditor.get(reverse(PAGE))
            return len(captured)

        wrote("open_account", an_account(company), cashier)
        ask()
        few = ask()
        for _ in range(10):
            wrote("open_account", an_account(company), cashier)
        assert ask() == few


class TestFindingLines:
    @pytest.fixture
    def account(self, company: Company, cashier: User) -> Account:
        account = an_account(company)
        other = a_member_of_staff("other", CASHIER, company)
        wrote("open_shift", account, other, at=datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
        wrote("receive_payment", account, cashier)
        wrote("open_shift", account, cashier)
        return account

    def test_by_chinese_words_of_person_and_operation(
        self, auditor: Client, account: Account
    ) -> None:
        assert shown(auditor, q="收款入账") == ["receive_payment"]
        assert shown(auditor, q="张三") == ["open_shift", "receive_payment"]
        assert shown(auditor, q="张三 开班") == ["open_shift"]
        assert shown(auditor, q="没有这个词") == []

    def test_by_person_verb_record_and_days(
        self, auditor: Client, account: Account, cashier: User
    ) -> None:
        kind = ContentType.objects.get_for_model(Account)
        assert shown(auditor, person=cashier.pk) == ["open_shift", "receive_payment"]
        assert shown(auditor, verb="open_shift") == ["open_shift", "open_shift"]
        assert len(shown(auditor, record_kind=kind.pk)) == 3
        other = f"{kind.pk}.{account.pk + 1}"
        assert len(shown(auditor, record=f"{kind.pk}.{account.pk}")) == 3
        assert shown(auditor, record=other) == []
        # 23:59 of 31 December in Shanghai.
        own = {"record": f"{kind.pk}.{account.pk}"}
        assert shown(auditor, at__from="2025-12-31", at__to="2025-12-31", **own) == ["open_shift"]
        assert shown(auditor, at__to="2025-12-30", **own) == []
        assert len(shown(auditor, at__from="2026-01-01", **own)) == 2

    def test_exported_as_it_is_filtered(
        self, auditor: Client, account: Account, company: Company
    ) -> None:
        answer = auditor.post(f"{reverse(PAGE)}?verb=receive_payment", {"export_list": "xlsx"})
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        heading, *rows = book.get_sheet_by_index(0).to_python()
        assert heading == ["时间", "经办", "动作", "对象", "内容", "公司", "来源"]
        assert [row[1:5] for row in rows] == [["张三", "收款入账", f"户号 {account.number}", ""]]
        entry = JournalEntry.objects.filter(action="export_list").get()
        assert entry.facts == {"list": "操作日志", "rows": 1, "filters": "verb=receive_payment"}
