"""One box: every way of asking finds the account, and nobody finds another company's."""

import pytest

from customers.contracts.account_search import search_accounts, split_words
from customers.models import Account, Customer
from heating.roles import AGENT
from office.identity import id_check_character
from office.models import User
from tests.builders import a_company, a_contract, a_customer, a_member_of_staff, an_account

pytestmark = pytest.mark.django_db

FIRST_17 = "14010519800101123"
ID_NUMBER = FIRST_17 + id_check_character(FIRST_17)


@pytest.fixture
def agent() -> User:
    return a_member_of_staff("agent", AGENT, a_company("11"))


@pytest.fixture
def account() -> Account:
    company = a_company("11")
    account = an_account(company, number="1100012345")
    customer = Customer(company=company, kind="resident", name="王秀英", phone="13935171234")
    customer.put_id_number(ID_NUMBER)
    customer.save()
    a_contract(account, customer)
    address = account.premise
    address.address = "汾河小区28号楼2单元1504"
    address.save()
    return account


@pytest.fixture
def others(account: Account) -> None:
    """Neighbours that must not be found, and the same household in another company."""
    for code in ("11", "21"):
        company = a_company(code)
        stranger = an_account(company, number=f"{code}77700001")
        a_contract(stranger, a_customer(company, name="李建国", phone="13800005678"))
    foreign = an_account(a_company("21"), number="1100012345")
    twin = a_customer(a_company("21"), name="王秀英", phone="13935171234")
    a_contract(foreign, twin)
    premise = foreign.premise
    premise.address = "汾河小区28号楼2单元1504"
    premise.save()


WAYS = [
    "1100012345",
    "11000123",
    "１１０００１２３４５",
    " 1100012345 ",
    "王秀英",
    "王秀",
    "13935171234",
    "+86 139 3517 1234",
    "1234",
    ID_NUMBER,
    ID_NUMBER.lower(),
    "汾河 28 1504",
    "汾河小区 28 1504",
    "汾河小区28-1504",
    "汾河小区28号楼2单元1504",
    "28号楼 1504",
    "28 504",
    "1504 汾河",
]


class TestSearchAccounts:
    @pytest.mark.parametrize("text", WAYS)
    def test_finds_the_one_account(
        self, text: str, account: Account, others: None, agent: User
    ) -> None:
        assert [row.account_id for row in search_accounts(text, agent)] == [account.pk]

    def test_shows_enough_to_choose_and_nothing_to_copy(
        self, account: Account, agent: User
    ) -> None:
        (row,) = search_accounts("1100012345", agent)
        assert (row.customer, row.phone) == ("王秀英", "139****1234")
        assert row.address == "汾河小区28号楼2单元1504"
        assert not row.ended

    @pytest.mark.parametrize(
        "text", ["", "   ", "\x00", "%", "_", "不存在", "999", "号楼", "' OR 1=1 --", "汾河 999"]
    )
    def test_nothing_is_found_and_nothing_breaks(
        self, text: str, account: Account, agent: User
    ) -> None:
        assert search_accounts(text, agent) == []

    def test_a_person_of_no_company_finds_nothing(self, account: Account) -> None:
        nobody = a_member_of_staff("nobody", AGENT)
        for text in WAYS:
            assert search_accounts(text, nobody) == []

    def test_who_works_for_the_group_finds_both(
        self, account: Account, others: None, agent: User
    ) -> None:
        agent.group_wide = True
        assert len(search_accounts("王秀英", agent)) == 2

    def test_never_more_than_asked_for(self, agent: User) -> None:
        for _ in range(25):
            an_account(a_company("11"))
        assert len(search_accounts("汾河", agent)) == 20


class TestSplitWords:
    def test_digits_stand_apart_from_letters(self) -> None:
        assert split_words("迎泽花园28号楼2单元－1504") == ["迎泽花园", "28", "2", "1504"]
