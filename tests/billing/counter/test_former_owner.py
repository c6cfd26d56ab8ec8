"""Money for the owner of before is taken when they are chosen on purpose, never else."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.counter.shifts import open_shift
from billing.ledger.balances import contract_balance
from billing.models import Payment, Transfer
from customers.models import SupplyContract
from heating.roles import CASHIER
from office.actors import Actor
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def old() -> SupplyContract:
    contract = a_contract(an_account(a_company()), a_customer(a_company()))
    an_issued_bill(contract)
    return contract


class TestTakeCash:
    @pytest.fixture
    def new(self, old: SupplyContract) -> SupplyContract:
        old.ends = date(2025, 11, 9)
        old.save()
        customer = a_customer(old.company, "李建国")
        return a_contract(old.account, customer, starts=date(2025, 11, 9))

    @pytest.fixture
    def till(self, client: Client) -> Client:
        cashier = a_member_of_staff("cashier", CASHIER, a_company())
        client.force_login(cashier)
        open_shift(a_company(), till="1", float_fen=0, by=Actor.staff(cashier), at=NOW)
        return client

    def hidden(self, page: str) -> dict[str, Any]:
        fields: dict[str, Any] = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page))
        return fields | {"amount": "2058.48", "method": "cash", "tendered": "2100"}

    def test_the_former_owners_name_leads_to_the_present_one_and_says_so(
        self, till: Client, old: SupplyContract, new: SupplyContract
    ) -> None:
        there = reverse("admin:counter_till", args=[new.pk])
        answer = till.get(reverse("admin:counter"), {"q": old.customer.phone})
        assert answer.headers["Location"] == there
        page = till.get(there).content.decode()
        assert "原用户 王秀英 另有欠费 2,058.48 元，不在本次收款内。" in page
        assert reverse("admin:counter_till", args=[old.pk]) in page
        assert 'name="bill"' not in page
        assert 'name="former"' not in page

    def test_chosen_on_purpose_it_is_taken_for_the_former_owner(
        self, till: Client, old: SupplyContract, new: SupplyContract
    ) -> None:
        address = reverse("admin:counter_till", args=[old.pk])
        page = till.get(address).content.decode()
        assert "这里收的款只计入 王秀英 名下，与现用户无关。" in page
        take = reverse("admin:counter_take", args=[old.pk])
        assert till.post(take, self.hidden(page)).status_code == 302
        assert Payment.objects.get().contract == old
        assert [contract_balance(contract).owed_fen for contract in (old, new)] == [0, 0]

    def test_a_page_shown_before_the_change_of_owner_takes_nothing(
        self, till: Client, old: SupplyContract
    ) -> None:
        page = till.get(reverse("admin:counter_till", args=[old.pk])).content.decode()
        old.ends = date(2025, 11, 9)
        old.save()
        answer = till.post(reverse("admin:counter_take", args=[old.pk]), self.hidden(page))
        assert answer.status_code == 422
        assert re.findall(r'role="alert">([^<]*)<', answer.content.decode()) == [
            "该合同已终止（可能刚刚办理过户），请核对用户后重新收款；本次没有入账。"
        ]
        assert not Payment.objects.exists()
        assert Transfer.objects.count() == 1
