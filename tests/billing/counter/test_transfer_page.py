"""A transfer is entered at the till on one of the company's bank accounts."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Payment, PaymentIntent
from customers.models import SupplyContract
from heating.roles import CASHIER, CLERK, MANAGER
from office.calendar import business_date
from tests.billing.counter.till_page import shown_form, take
from tests.builders import (
    a_bank_account,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.clock import present
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> SupplyContract:
    company = a_company()
    contract = a_contract(an_account(company), a_customer(company))
    an_issued_bill(contract)
    return contract


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(a_member_of_staff("cashier", CASHIER, a_company()))
    return client


def offered(client: Client, contract: SupplyContract) -> list[str]:
    page = client.get(reverse("admin:counter_till", args=[contract.pk])).content.decode()
    (choice,) = re.findall(r'<select name="bank_account".*?</select>', page, re.DOTALL)
    return re.findall(r'<option value="(\d*)"', choice)


def transfer_form(client: Client, contract: SupplyContract) -> dict[str, object]:
    today = f"{business_date(present()):%Y-%m-%d}"
    shown = shown_form(client, contract)
    return {**shown, "method": "transfer", "bank_reference": "b 001", "value_date": today}


class TestEnterTransfer:
    def test_the_only_account_is_chosen_of_several_none(
        self, desk: Client, contract: SupplyContract
    ) -> None:
        a_bank_account(a_company("21"))
        a_bank_account(a_company(), "140200999", closed_on=business_date(present()))
        only = a_bank_account(a_company())
        assert offered(desk, contract) == [str(only.pk)]
        second = a_bank_account(a_company(), "140200888")
        assert offered(desk, contract) == ["", str(only.pk), str(second.pk)]

    def test_is_booked_on_the_account_that_was_chosen(
        self, desk: Client, contract: SupplyContract
    ) -> None:
        account = a_bank_account(a_company())
        form = {**transfer_form(desk, contract), "bank_account": account.pk}
        assert take(desk, contract, form)[0] == 302
        payment = Payment.objects.get()
        assert (payment.bank_account, payment.reference) == (account, "b 001")
        assert payment.transaction_id == f"{account.pk}:B001"

    def test_without_an_account_it_says_what_to_do(
        self, desk: Client, contract: SupplyContract
    ) -> None:
        form = transfer_form(desk, contract)
        assert take(desk, contract, form) == (
            422,
            "本公司还没有登记收款银行账户，请收费主管先登记。",
        )
        a_bank_account(a_company())
        assert take(desk, contract, form) == (422, "请选择收款银行账户。")
        strange = a_bank_account(a_company("21"))
        assert take(desk, contract, {**form, "bank_account": strange.pk}) == (
            422,
            "请选择收款银行账户。",
        )
        assert not PaymentIntent.objects.exists()


class TestCompanyBankAccountScreen:
    ADDRESS = "admin:billing_companybankaccount_add"

    def entry(self, **change: object) -> dict[str, object]:
        return {
            "company": a_company().pk,
            "bank": "工商银行太原迎泽支行",
            "number": " 0502 0000 1100 ００００ 011 ",
            "name": "太原供热有限公司",
            "opened_on": "2025-01-01",
            **change,
        }

    def test_a_manager_enters_one_a_clerk_does_not(self, client: Client) -> None:
        company = a_company()
        client.force_login(a_member_of_staff("clerk", CLERK, company))
        assert client.post(reverse(self.ADDRESS), self.entry()).status_code == 403
        client.force_login(a_member_of_staff("manager", MANAGER, company))
        assert client.post(reverse(self.ADDRESS), self.entry()).status_code == 302
        account = company.bank_accounts.get()
        assert (account.number, account.currency) == ("0502000011000000011", "CNY")

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"number": "12345"}, "账号应为 6 至 30 位数字。"),
            ({"number": "1402000AB"}, "账号应为 6 至 30 位数字。"),
            ({"number": "140200777"}, "该账号已经登记过。"),
            ({"closed_on": "2025-01-01"}, "停用日期应晚于启用日期。"),
        ],
    )
    def test_what_is_wrong_is_said_in_place(
        self, change: dict[str, object], sentence: str, client: Client
    ) -> None:
        company = a_company()
        a_bank_account(company, "140200777")
        client.force_login(a_member_of_staff("manager", MANAGER, company))
        page = client.post(reverse(self.ADDRESS), self.entry(**change))
        assert sentence in page.content.decode()
        assert company.bank_accounts.count() == 1

    def test_the_number_stays_once_money_is_entered_on_the_account(
        self, client: Client, contract: SupplyContract
    ) -> None:
        company = a_company()
        account = a_bank_account(company, "140200777")
        client.force_login(a_member_of_staff("cashier", CASHIER, company))
        form = {**transfer_form(client, contract), "bank_account": account.pk}
        assert take(client, contract, form)[0] == 302
        client.force_login(a_member_of_staff("manager", MANAGER, company))
        closes = (business_date(present()) + timedelta(days=1)).isoformat()
        address = reverse("admin:billing_companybankaccount_change", args=[account.pk])
        send_shown(client, address, self.entry(number="140200778", closed_on=closes))
        account.refresh_from_db()
        assert (account.number, f"{account.closed_on}") == ("140200777", closes)
