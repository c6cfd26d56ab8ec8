"""A customer's page leads to the accounts they have or pay for."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from customers.people import admin as people
from heating.roles import CLERK
from office.models import Company
from tests.builders import a_company, a_contract, a_customer, a_member_of_staff, an_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(client: Client) -> Company:
    company = a_company()
    client.force_login(a_member_of_staff("clerk", CLERK, company))
    return company


def page_of(client: Client, customer: Customer) -> str:
    answer = client.get(reverse("admin:customers_customer_change", args=[customer.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_lists_accounts_had_and_paid_for(client: Client, company: Company) -> None:
    customer = a_customer(company)
    own, paid, ended, foreign = (an_account(company) for _ in range(4))
    a_contract(own, customer)
    a_contract(paid, a_customer(company, "李建国"), payer=customer)
    a_contract(ended, customer, ends=date(2024, 3, 31))
    a_contract(foreign, a_customer(company, "外人"))
    text = page_of(client, customer)
    for account in (own, paid, ended):
        address = reverse("admin:customers_account_change", args=[account.pk])
        assert f'<a class="number" href="{address}">{account.number}</a>' in text
    assert foreign.number not in text
    assert text.index(own.number) < text.index(ended.number)
    assert text.count("代付") == 1


def test_says_when_there_are_more(
    client: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_CONTRACTS", 1)
    customer = a_customer(company)
    for _ in range(2):
        a_contract(an_account(company), customer)
    contracts = reverse("admin:customers_supplycontract_changelist")
    whole_list = f"{contracts}?customer__id__exact={customer.pk}"
    assert f'href="{whole_list}"' in page_of(client, customer)
    assert client.get(whole_list).context["cl"].figures.count == 2


def test_asks_as_often_for_many_accounts(
    client: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    customer = a_customer(company)

    def ask() -> int:
        with django_assert_max_num_queries(40) as captured:
            page_of(client, customer)
        return len(captured)

    a_contract(an_account(company), customer)
    ask()
    few = ask()
    for _ in range(5):
        a_contract(an_account(company), customer)
    assert ask() == few
