"""The front page per role, and the palette that finds accounts."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.alarms.operations import raise_alarm
from customers.messages.operations import Words, queue_message
from customers.models import Account, Message
from customers.states import MessageState
from heating.roles import AGENT, CASHIER, MANAGER, PROCUREMENT, SERVICE_MANAGER, STAFF_ROLES
from office.models import Company
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    many_accounts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    account = an_account(a_company(), number="1100012345")
    a_contract(account, a_customer(a_company(), name="王秀英"))
    return account


def search_page(client: Client, text: str) -> str:
    return client.get(reverse("admin:search"), {"s": text, "extended": "1"}).content.decode()


class TestSearch:
    def test_finds_an_account_and_leads_to_it(self, client: Client, account: Account) -> None:
        client.force_login(a_member_of_staff("agent", AGENT, a_company()))
        page = search_page(client, "王秀")
        assert reverse("admin:customers_account_change", args=[account.pk]) in page
        assert "1100012345" in page

    def test_tells_nobody_of_another_companys_account(
        self, client: Client, account: Account
    ) -> None:
        client.force_login(a_member_of_staff("agent", AGENT, a_company("21")))
        for text in ("1100012345", "王秀英", "汾河小区"):
            assert "1100012345" not in search_page(client, text)

    def test_remembers_no_answer_from_before_a_change_of_company(
        self, client: Client, account: Account
    ) -> None:
        agent = a_member_of_staff("agent", AGENT, a_company())
        client.force_login(agent)
        assert "1100012345" in search_page(client, "王秀英")
        agent.companies.set([a_company("21")])
        assert "1100012345" not in search_page(client, "王秀英")

    def test_says_where_it_stops_and_leads_to_the_whole_list(self, client: Client) -> None:
        client.force_login(a_member_of_staff("cashier", CASHIER, a_company()))
        accounts = many_accounts(a_company(), 20)
        pages = {
            "palette": (reverse("admin:search"), {"s": "汾河小区", "extended": "1"}),
            "counter": (reverse("admin:counter"), {"q": "汾河小区"}),
        }

        def shown(place: str) -> tuple[str, int]:
            page = client.get(*pages[place]).content.decode()
            numbers = {account.number for account in Account.objects.all()}
            return page, sum(number in page for number in numbers)

        for place in pages:
            page, count = shown(place)
            assert (count, "只显示前" in page) == (20, False), place
        accounts.append(an_account(a_company()))
        for place, sentence in (
            ("palette", "这里只显示前 20 户，打开列表查看全部"),
            ("counter", "只显示前 20 户，请输入更多内容"),
        ):
            page, count = shown(place)
            assert (count, sentence in page) == (20, True), place
        whole_list = (
            f"{reverse('admin:customers_account_changelist')}?{urlencode({'q': '汾河小区'})}"
        )
        assert whole_list in shown("palette")[0]
        listing = client.get(whole_list).context["cl"].result_list
        assert {row.pk for row in listing} == {account.pk for account in accounts}

    def test_needs_the_permission(self, client: Client, account: Account) -> None:
        client.force_login(a_member_of_staff("buyer", PROCUREMENT, a_company()))
        assert "1100012345" not in search_page(client, "1100012345")


class TestFrontPage:
    @pytest.mark.parametrize("role", STAFF_ROLES, ids=lambda role: role.key)
    def test_every_role_has_one(self, role: Any, client: Client) -> None:
        client.force_login(a_member_of_staff("colleague", role, a_company()))
        assert client.get(reverse("admin:index")).status_code == 200

    def test_a_manager_sees_the_alarms_of_the_company_alone(self, client: Client) -> None:
        raise_alarm("a", key="1", sentence="太原的告警", at=NOW, company=a_company())
        raise_alarm("a", key="2", sentence="兰州的告警", at=NOW, company=a_company("21"))
        client.force_login(a_member_of_staff("manager", MANAGER, a_company()))
        page = client.get(reverse("admin:index")).content.decode()
        assert "太原的告警" in page
        assert "兰州的告警" not in page

    def test_a_cashier_without_a_shift_is_told_to_open_one(self, client: Client) -> None:
        client.force_login(a_member_of_staff("cashier", CASHIER, a_company()))
        page = client.get(reverse("admin:index")).content.decode()
        assert "您还没有开班" in page
        assert "资金告警" not in page

    def test_asks_as_often_for_many_alarms_as_for_one(self, client: Client) -> None:
        client.force_login(a_member_of_staff("manager", MANAGER, a_company()))
        client.get(reverse("admin:index"))
        counts = []
        for n in range(2):
            for k in range(1 + 7 * n):
                raise_alarm("a", key=f"{n}.{k}", sentence="x", at=NOW, company=a_company())
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("admin:index"))
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_who_may_send_messages_again_sees_how_many_did_not_arrive(self, client: Client) -> None:
        states = [MessageState.FAILED] * 3 + [MessageState.UNCLEAR, MessageState.SENT]
        for company, wanted in ((a_company(), states), (a_company("21"), states * 2)):
            for n, state in enumerate(wanted):
                a_message(company, f"1380000{n:04d}", state)
        client.force_login(a_member_of_staff("manager", SERVICE_MANAGER, a_company()))
        page = client.get(reverse("admin:index")).content.decode()
        listing = reverse("admin:customers_message_changelist")
        card = page[page.index("未送达的短信") :]
        for query, count in (("?state__exact=failed", 3), ("?state__exact=unclear", 1)):
            row = card[card.index(f'href="{listing}{query}"') :]
            assert f">{count}</span>" in row[: row.index("</li>")]
            assert shown_messages(client, listing + query) == count
        assert f'href="{listing}?unsent=yes"' in card
        assert shown_messages(client, f"{listing}?unsent=yes") == 4
        assert shown_messages(client, listing) == 5

    def test_when_all_arrived_it_says_so_and_others_are_told_nothing(self, client: Client) -> None:
        a_message(a_company(), "13800000001", MessageState.SENT)
        client.force_login(a_member_of_staff("manager", SERVICE_MANAGER, a_company()))
        assert "没有未送达的短信" in client.get(reverse("admin:index")).content.decode()
        client.force_login(a_member_of_staff("agent", AGENT, a_company()))
        assert "未送达的短信" not in client.get(reverse("admin:index")).content.decode()


def a_message(company: Company, phone: str, state: MessageState) -> None:
    """A message that has come to this state the way the workflow allows."""
    words = Words("ticket_accepted", {"number": "GD1"})
    cause = f"test:{company.pk}"
    queue_message(company, phone, words, cause=cause, life=timedelta(days=1), at=NOW)
    rows = Message.objects.filter(company=company, phone=phone)
    for step in (MessageState.SENDING, state):
        rows.update(state=step)


def shown_messages(client: Client, address: str) -> int:
    """How many phones the list shows."""
    return len(set(re.findall(r"138\*{4}\d{4}", client.get(address).content.decode())))
