"""The forms of late fees are about an account of the company that was chosen."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import LateFeeSuspension
from customers.models import SupplyContract
from heating.roles import MANAGER
from office.calendar import business_date
from office.models import Company
from tests.builders import a_company, a_contract, a_customer, a_member_of_staff, an_account
from tests.clock import present

pytestmark = pytest.mark.django_db
ADD = "admin:billing_latefeesuspension_add"


def a_contract_under(company: Company, number: str) -> SupplyContract:
    return a_contract(an_account(company, number=number), a_customer(company))


def sent(company: Company, number: str) -> dict[str, object]:
    today = business_date(present())
    return {
        "company": company.pk,
        "account": number,
        "starts": f"{today}",
        "ends": f"{today + timedelta(30)}",
        "reason": "停供争议处理中",
        "source": "主管批示",
    }


class TestSuspendLateFee:
    def test_two_companies_with_one_number_are_told_apart(self, client: Client) -> None:
        first, second = a_company("11"), a_company("21")
        contracts = [a_contract_under(company, "1100001") for company in (first, second)]
        manager = a_member_of_staff("manager", MANAGER, first)
        manager.companies.add(second)
        client.force_login(manager)
        for company in (second, first):
            assert client.post(reverse(ADD), sent(company, "1100001")).status_code == 302
        suspended = LateFeeSuspension.objects.order_by("pk").values_list("contract", flat=True)
        assert list(suspended) == [contracts[1].pk, contracts[0].pk]

    def test_another_companys_account_is_none(self, client: Client) -> None:
        first, second = a_company("11"), a_company("21")
        a_contract_under(second, "2100001")
        client.force_login(a_member_of_staff("manager", MANAGER, first))
        for company in (first, second):
            answer = client.post(reverse(ADD), sent(company, "2100001"))
            shown = "没有这个户号。" in answer.content.decode()
            assert (answer.status_code, shown) == (422, True)
        assert not LateFeeSuspension.objects.exists()
