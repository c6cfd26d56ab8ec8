"""The front page per role, and the palette that finds accounts."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.operations.alarms import raise_alarm
from customers.models import Account
from heating.roles import AGENT, CASHIER, MANAGER, PROCUREMENT, ROLES
from tests.builders import NOW, a_company, a_contract, a_customer, a_member_of_staff, an_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    account = an_account(a_company(), number="1100012345")
    a_contract(account, a_customer(a_company(), name="王秀英"))
    return account


def found(client: Client, text: str) -> str:
    return client.get(reverse("admin:search"), {"s": text, "extended": "1"}).content.decode()


class TestSearch:
    def test_finds_an_account_and_leads_to_it(self, client: Client, account: Account) -> None:
        client.force_login(a_member_of_staff("agent", AGENT, a_company()))
        page = found(client, "王秀")
        assert reverse("admin:customers_account_change", args=[account.pk]) in page
        assert "1100012345" in page

    def test_tells_nobody_of_another_companys_account(
        self, client: Client, account: Account
    ) -> None:
        client.force_login(a_member_of_staff("agent", AGENT, a_company("21")))
        for text in ("1100012345", "王秀英", "汾河小区"):
            assert "1100012345" not in found(client, text)

    def test_remembers_no_answer_from_before_a_change_of_company(
        self, client: Client, account: Account
    ) -> None:
        agent = a_member_of_staff("agent", AGENT, a_company())
        client.force_login(agent)
        assert "1100012345" in found(client, "王秀英")
        agent.companies.set([a_company("21")])
        assert "1100012345" not in found(client, "王秀英")

    def test_needs_the_permission(self, client: Client, account: Account) -> None:
        client.force_login(a_member_of_staff("buyer", PROCUREMENT, a_company()))
        assert "1100012345" not in found(client, "1100012345")


class TestFrontPage:
    @pytest.mark.parametrize("role", ROLES, ids=lambda role: role.key)
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
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("admin:index"))
            counts.append(len(asked))
        assert counts[0] == counts[1]
