from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Bill
from customers.models import SupplyContract, SupplyState
from tests.builders import (
    a_company,
    a_contract,
    a_customer,
    a_season,
    an_account,
    an_issued_bill,
)
from tests.customer_api import PHONE, ApiClient

pytestmark = pytest.mark.django_db


class TestListAccounts:
    def test_shows_mine_with_the_balance(self, customer: ApiClient, bill: Bill) -> None:
        answer = customer.read("/accounts")
        assert answer.status_code == 200
        account = bill.account
        assert answer.json() == {
            "accounts": [
                {
                    "id": account.pk,
                    "number": account.number,
                    "address": account.premise.address,
                    "company": "太原市再生能源供热有限公司",
                    "hotline": account.company.hotline,
                    "current": True,
                    "supply_state": "heated",
                    "receivable_fen": 205848,
                    "advance_fen": 0,
                    "owed_fen": 205848,
                }
            ],
            "next_page": None,
        }

    def test_asks_the_same_number_of_questions_for_one_and_for_thirty(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        def questions() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert customer.read("/accounts").status_code == 200
            return len(queries)

        count_for_one = questions()
        for _ in range(29):
            a_contract(an_account(contract.company), contract.customer)
        assert len(customer.read("/accounts").json()["accounts"]) == 30
        assert questions() == count_for_one

    def test_turns_the_page_after_fifty(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        for _ in range(50):
            a_contract(an_account(contract.company), contract.customer)
        first = customer.read("/accounts").json()
        assert (len(first["accounts"]), first["next_page"]) == (50, 2)
        second = customer.read("/accounts?page=2").json()
        assert (len(second["accounts"]), second["next_page"]) == (1, None)

    def test_one_phone_in_two_companies(
        self, contract: SupplyContract, as_customer: Callable[..., ApiClient]
    ) -> None:
        lanzhou = a_company("21")
        a_contract(an_account(lanzhou), a_customer(lanzhou, phone=PHONE))
        customer = as_customer(PHONE)
        names = {row["company"] for row in customer.read("/accounts").json()["accounts"]}
        assert names == {"太原市再生能源供热有限公司", "兰州新区双良热力有限公司"}

    def test_who_pays_for_another_sees_the_account(
        self, as_customer: Callable[..., ApiClient], contract: SupplyContract
    ) -> None:
        employer = a_customer(contract.company, "太原重工", phone="13800000077")
        a_contract(an_account(contract.company), a_customer(contract.company), payer=employer)
        assert len(as_customer("13800000077").read("/accounts").json()["accounts"]) == 1

    @pytest.mark.parametrize("page", ["0", "x", "-1", "99999999999999999999"])
    def test_refuses_an_odd_page(self, customer: ApiClient, page: str) -> None:
        answer = customer.read(f"/accounts?page={page}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "page"


class TestListBills:
    def test_explains_every_line(self, customer: ApiClient, bill: Bill) -> None:
        shown = customer.read(f"/accounts/{bill.account_id}/bills").json()
        assert shown["account"]["owed_fen"] == 205848
        (only,) = shown["bills"]
        assert (only["number"], only["open_fen"], only["paid_fen"]) == (bill.number, 205848, 0)
        (line,) = only["lines"]
        paper = bill.lines.get().tariff.document.number
        assert line["explanation"] == (f"114.36 m² × 3.60 元/m²·月 × 5 月 = 2,058.48 元（{paper}）")
        assert line["price_document"] == paper

    def test_newest_season_first(self, customer: ApiClient, bill: Bill) -> None:
        an_issued_bill(bill.contract, a_season(bill.company, "2024-2025"))
        shown = customer.read(f"/accounts/{bill.account_id}/bills").json()["bills"]
        assert [row["season"] for row in shown] == ["2025-2026", "2024-2025"]

    def test_old_owner_keeps_his_debt_and_new_owner_never_sees_it(
        self, as_customer: Callable[..., ApiClient]
    ) -> None:
        company = a_company()
        account = an_account(company)
        old = a_contract(
            account, a_customer(company, "李旧", phone="13800000002"), ends=date(2025, 6, 1)
        )
        new = a_contract(
            account, a_customer(company, "张新", phone="13800000003"), starts=date(2025, 6, 1)
        )
        debt = an_issued_bill(old, a_season(company, "2024-2025"))
        fresh = an_issued_bill(new, a_season(company, "2025-2026"))
        account.supply_state = SupplyState.STOPPED
        account.save()

        seller = as_customer("13800000002").read(f"/accounts/{account.pk}/bills").json()
        assert [row["number"] for row in seller["bills"]] == [debt.number]
        assert seller["account"]["owed_fen"] == debt.amount_fen
        assert (seller["account"]["current"], seller["account"]["supply_state"]) == (False, None)

        buyer = as_customer("13800000003").read(f"/accounts/{account.pk}/bills").json()
        assert [row["number"] for row in buyer["bills"]] == [fresh.number]
        assert buyer["account"]["owed_fen"] == fresh.amount_fen
        assert (buyer["account"]["current"], buyer["account"]["supply_state"]) == (True, "stopped")

    def test_asks_the_same_number_of_questions_for_one_and_for_six(
        self, customer: ApiClient, bill: Bill
    ) -> None:
        def questions() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert customer.read(f"/accounts/{bill.account_id}/bills").status_code == 200
            return len(queries)

        count_for_one = questions()
        for year in range(2020, 2025):
            an_issued_bill(bill.contract, a_season(bill.company, f"{year}-{year + 1}"))
        assert questions() == count_for_one
