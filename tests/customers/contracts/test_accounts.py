"""Accounts by hand: opened whole, handed over without their debts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing.account_list.operations import import_accounts
from billing.models import Bill, Transfer
from customers.contracts.operations import Area, Door, Terms, open_account
from customers.contracts.ownership import transfer_ownership
from customers.models import (
    Account,
    AreaLine,
    Charging,
    Community,
    Customer,
    CustomerKind,
    Premise,
    SupplyContract,
    TariffCategory,
)
from customers.people.operations import NewCustomer
from office.actors import Actor
from office.identity import id_check_character
from office.models import Company, JournalEntry, User
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.account_list.lists import company_with_season, csv_file, row

HOUSE = Actor.system("test")
AT = datetime(2025, 11, 20, 2, 0, tzinfo=UTC)
DOOR = Door("迎泽花园", "1号楼", "2单元", "502", "迎泽站")
TERMS = Terms("GR-2025-1", date(2025, 11, 1), Charging.METERED, "RB1", date(2025, 10, 9))
FIRST = "14010519800101123"
NEIGHBOUR = NewCustomer(
    CustomerKind.RESIDENT, "李四", "13800000002", FIRST + id_check_character(FIRST)
)
COUNTED = (Account, AreaLine, Community, Customer, JournalEntry, Premise, SupplyContract)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return company_with_season()


def area(company: Company, size: str = "88.8") -> Area:
    home = TariffCategory.objects.get(company=company, name="居民住宅")
    return Area(home, Decimal(size), height=Decimal("2.8"))


def counted() -> list[int]:
    return [model.objects.count() for model in COUNTED]


def opened(company: Company, number: str = "3300001", **changes: Any) -> Account:
    arguments: dict[str, Any] = {
        "door": DOOR,
        "areas": [area(company), area(company, "20")],
        "customer": NEIGHBOUR,
        "terms": TERMS,
        "by": HOUSE,
        **changes,
    }
    return open_account(company, number, at=AT, **arguments)


class TestOpenAccount:
    def test_writes_premise_areas_and_contract(self, company: Company) -> None:
        account = opened(company)
        assert account.premise.address == "迎泽花园1号楼2单元502"
        assert account.opened_on == date(2025, 11, 1)
        lines = account.premise.area_lines.order_by("ordinal")
        assert [(line.ordinal, line.building_area) for line in lines] == [
            (1, Decimal("88.80")),
            (2, Decimal("20.00")),
        ]
        contract = account.contracts.get()
        assert (contract.customer.name, contract.meter_number) == ("李四", "RB1")
        assert contract.customer.id_number == NEIGHBOUR.id_number
        assert JournalEntry.objects.get().action == "open_account"

    def test_the_same_number_is_the_same_customer(self, company: Company) -> None:
        opened(company)
        opened(company, "3300002", door=Door("迎泽花园", "1号楼", "2单元", "503"))
        assert Customer.objects.count() == 1

    @pytest.mark.parametrize(
        ("number", "changes", "code"),
        [
            ("3300001", {"door": Door("迎泽花园", "1号楼", "2单元", "503")}, "account_taken"),
            ("3300002", {}, "account_taken"),
            ("户", {}, "number_wrong"),
            ("3300002", {"door": Door("", "1", "", "2")}, "door_incomplete"),
            ("3300002", {"areas": []}, "area_missing"),
            (
                "3300002",
                {"terms": replace(TERMS, signed_on=date(2025, 11, 21))},
                "signed_in_future",
            ),
            ("3300002", {"customer": NewCustomer(CustomerKind.RESIDENT, " ")}, "name_missing"),
            (
                "3300002",
                {"customer": NewCustomer(CustomerKind.RESIDENT, "王", "", "1401")},
                "id_number_wrong",
            ),
            (
                "3300002",
                {"customer": NewCustomer(CustomerKind.RESIDENT, "王", "1")},
                "phone_wrong",
            ),
            (
                "3300002",
                {"customer": NewCustomer(CustomerKind.RESIDENT, "别人", "", NEIGHBOUR.id_number)},
                "id_number_taken",
            ),
        ],
    )
    def test_refusals_change_nothing(
        self, company: Company, number: str, changes: dict[str, Any], code: str
    ) -> None:
        opened(company)
        before = counted()
        with pytest.raises(Refused) as refusal:
            opened(company, number, **changes)
        assert refusal.value.code == code
        assert counted() == before

    def test_areas_are_above_zero(self, company: Company) -> None:
        before = counted()
        with pytest.raises(Invalid) as refusal:
            opened(company, areas=[area(company, "0")])
        assert refusal.value.code == "area_not_positive"
        assert counted() == before

    def test_only_those_who_may(self, company: Company) -> None:
        clerk = Actor.staff(User.objects.create_user("clerk"))
        with pytest.raises(NotAllowed):
            opened(company, by=clerk)


class TestTransferOwnership:
    @pytest.fixture
    def account(self, company: Company) -> Account:
        file = csv_file(row(1, 往年欠费年度="2024-2025", 往年欠费金额="1200"))
        import_accounts(company, file, dry_run=False, by=HOUSE, at=AT)
        return Account.objects.get()

    def hand_over(
        self, account: Account, on: date = date(2025, 11, 15), **changes: Any
    ) -> SupplyContract:
        arguments = {"contract_number": "GR-2025-9", "by": HOUSE, "at": AT, **changes}
        owner = arguments.pop("owner", NEIGHBOUR)
        return transfer_ownership(account, owner, on, **arguments)

    def test_ends_one_contract_and_begins_the_next_that_day(self, account: Account) -> None:
        old = account.contracts.get()
        new = self.hand_over(account)
        old.refresh_from_db()
        assert (old.ends, new.starts, new.ends) == (date(2025, 11, 15), date(2025, 11, 15), None)
        assert (new.customer.name, new.charging) == ("李四", old.charging)
        assert not old.in_force_on(date(2025, 11, 15))
        assert new.in_force_on(date(2025, 11, 15))
        entry = JournalEntry.objects.get(action="transfer_ownership")
        assert entry.facts == {
            "on": "2025-11-15",
            "old_contract": old.pk,
            "new_contract": new.pk,
            "old_customer": old.customer_id,
            "new_customer": new.customer_id,
        }

    def test_debts_stay_with_the_old_party(self, account: Account) -> None:
        old = account.contracts.get()
        new = self.hand_over(account)
        assert Bill.objects.get().contract_id == old.pk
        assert Bill.objects.get().customer_id == old.customer_id
        assert Transfer.objects.get().contract_id == old.pk
        assert not Bill.objects.filter(contract=new).exists()

    @pytest.mark.parametrize(
        ("on", "changes", "code"),
        [
            (date(2025, 11, 21), {}, "transfer_in_future"),
            (date(2016, 3, 5), {}, "transfer_before_contract"),
            (date(2025, 11, 15), {"contract_number": " "}, "contract_number_missing"),
            (date(2025, 11, 15), {"signed_on": date(2025, 11, 21)}, "signed_in_future"),
            (date(2025, 11, 15), {"signed_on": date(2015, 11, 1)}, "day_too_early"),
        ],
    )
    def test_refusals_change_nothing(
        self, account: Account, on: date, changes: dict[str, Any], code: str
    ) -> None:
        before = counted()
        with pytest.raises(Refused) as refusal:
            self.hand_over(account, on, **changes)
        assert refusal.value.code == code
        assert counted() == before
        assert account.contracts.get().ends is None

    def test_a_buyer_signs_before_the_heat_begins(self, account: Account) -> None:
        account.contracts.update(signed_on=None)
        contract = self.hand_over(account, signed_on=date(2015, 11, 1))
        assert (contract.starts, contract.signed_on) == (date(2025, 11, 15), date(2015, 11, 1))

    def test_not_to_the_same_customer(self, account: Account) -> None:
        with pytest.raises(Invalid) as refusal:
            self.hand_over(account, owner=account.contracts.get().customer)
        assert refusal.value.code == "same_customer"
        assert account.contracts.get().ends is None

    def test_not_twice_on_one_day(self, account: Account) -> None:
        self.hand_over(account)
        third = NewCustomer(CustomerKind.RESIDENT, "赵六")
        with pytest.raises(Invalid) as refusal:
            self.hand_over(account, owner=third)
        assert refusal.value.code == "transfer_before_contract"
        assert account.contracts.count() == 2
        assert not Customer.objects.filter(name="赵六").exists()

    def test_not_from_a_contract_that_ended_since_the_clerk_looked(self, account: Account) -> None:
        seen = account.contracts.get()
        self.hand_over(account, on=date(2025, 11, 14))
        third = NewCustomer(CustomerKind.RESIDENT, "赵六")
        with pytest.raises(Refused) as refusal:
            self.hand_over(account, owner=third, seen_contract=seen)
        assert refusal.value.code == "contract_changed"
        assert account.contracts.count() == 2
        assert not Customer.objects.filter(name="赵六").exists()

    def test_not_without_a_contract(self, account: Account) -> None:
        account.contracts.update(ends=date(2025, 11, 10))
        with pytest.raises(Refused) as refusal:
            self.hand_over(account)
        assert refusal.value.code == "no_open_contract"

    def test_only_those_who_may(self, account: Account) -> None:
        clerk = Actor.staff(User.objects.create_user("clerk"))
        with pytest.raises(NotAllowed):
            self.hand_over(account, by=clerk)
        assert account.contracts.get().ends is None
