"""Who is calling: the number leads to accounts, what is owed, and what is already known."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.incidents.operations import Reach, begin_incident, register_incident
from complaints.incidents.reach import incidents_over
from complaints.tickets.screen_pop import account_pop, phone_spellings, screen_pop
from customers.models import Account, HeatStation
from office.models import User
from tests.builders import a_company, a_contract, a_customer, an_account, an_issued_bill
from tests.service_desk import Desk, a_desk, a_repair, a_ticket, t

pytestmark = pytest.mark.django_db

PHONE = "13935171234"


def agent_of(desk: Desk) -> User:
    assert desk.agent.user is not None
    return User.objects.get(pk=desk.agent.user.pk)


def an_account_of(desk: Desk, phone: str = PHONE, name: str = "王秀英") -> Account:
    account = an_account(desk.company)
    a_contract(account, a_customer(desk.company, name=name, phone=phone))
    return account


class TestPhoneSpellings:
    @pytest.mark.parametrize(
        "sent",
        [
            "13935171234",
            "+86 139 3517 1234",
            "013935171234",
            "8613935171234",
            "１３９３５１７１２３４",
        ],
    )
    def test_a_mobile_as_exchanges_send_it(self, sent: str) -> None:
        assert phone_spellings(sent) == ["13935171234"]

    def test_a_fixed_line_with_and_without_its_area(self) -> None:
        assert phone_spellings("03517654321") == ["0351-7654321", "7654321"]
        assert phone_spellings("7654321") == ["7654321"]

    @pytest.mark.parametrize("sent", ["", "anonymous", "12", "0" * 40, "' OR 1=1 --"])
    def test_no_number_has_none(self, sent: str) -> None:
        assert phone_spellings(sent) == []


class TestScreenPop:
    def test_shows_who_where_what_is_owed_and_what_is_known(self, desk: Desk) -> None:
        account = an_account_of(desk)
        bill = an_issued_bill(account.contracts.get())
        own = a_ticket(desk, "2026-01-12 09:00", a_repair(account=account, caller_phone=PHONE))
        beside = a_ticket(desk, "2026-01-12 09:05", a_repair(account=an_account(desk.company)))
        incident = register_incident(
            desk.company,
            "立管爆裂",
            Reach(buildings=[account.premise.building]),
            starts_at=t("2026-01-12 08:00"),
            expected_end_at=t("2026-01-12 15:00"),
            by=desk.dispatcher,
            at=t("2026-01-12 08:05"),
        )
        begin_incident(incident, by=desk.dispatcher, at=t("2026-01-12 08:06"))
        pop = screen_pop("+86" + PHONE, agent_of(desk))
        [seen] = pop.accounts
        assert (seen.account, seen.contract) == (account, account.contracts.get())
        assert (seen.arrears_fen, seen.former) == (bill.amount_fen, False)
        assert (seen.tickets, seen.neighbours) == ([own], [beside, own])
        assert [row.expected_end_at for row in seen.incidents] == [t("2026-01-12 15:00")]
        assert seen.incidents == list(incidents_over(account))
        assert (pop.phone, pop.tickets, pop.more) == (PHONE, [own], False)

    def test_several_accounts_to_choose_from_and_former_ones_last(self, desk: Desk) -> None:
        customer = a_customer(desk.company, phone=PHONE)
        sold, unchanged, bought = (an_account(desk.company) for _ in range(3))
        former = a_contract(sold, customer, ends=t("2025-06-01 00:00").date())
        for account in (unchanged, bought):
            a_contract(account, customer)
        pop = screen_pop(PHONE, agent_of(desk))
        assert [seen.account for seen in pop.accounts] == [unchanged, bought, sold]
        assert [seen.former for seen in pop.accounts] == [False, False, True]
        assert pop.accounts[2].contract == former

    def test_who_pays_for_another_is_known_too(self, desk: Desk) -> None:
        account = an_account(desk.company)
        son = a_customer(desk.company, phone=PHONE)
        a_contract(account, a_customer(desk.company), payer=son)
        [seen] = screen_pop(PHONE, agent_of(desk)).accounts
        assert seen.account == account

    def test_a_property_company_has_more_than_are_shown(self, desk: Desk) -> None:
        customer = a_customer(desk.company, phone=PHONE)
        for _ in range(12):
            a_contract(an_account(desk.company), customer)
        pop = screen_pop(PHONE, agent_of(desk))
        assert (len(pop.accounts), pop.more) == (10, True)

    def test_nobodys_number_shows_what_came_from_it(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(caller_phone="13700000000"))
        pop = screen_pop("13700000000", agent_of(desk))
        assert (pop.accounts, pop.tickets) == ([], [ticket])

    def test_what_is_owed_is_not_everybodys_business(self, desk: Desk) -> None:
        account = an_account_of(desk)
        an_issued_bill(account.contracts.get())
        assert desk.dispatcher.user is not None
        [seen] = screen_pop(PHONE, desk.dispatcher.user).accounts
        assert seen.arrears_fen is None

    def test_another_companys_caller_is_nobody(self, desk: Desk) -> None:
        account = an_account_of(desk)
        a_ticket(desk, "2026-01-12 09:00", a_repair(account=account, caller_phone=PHONE))
        elsewhere = agent_of(a_desk("21"))
        pop = screen_pop(PHONE, elsewhere)
        assert (pop.accounts, pop.tickets, pop.more) == ([], [], False)
        assert account_pop(account.pk, elsewhere) is None

    def test_an_incident_at_a_station_reaches_only_its_flats(self, desk: Desk) -> None:
        account, other = an_account_of(desk), an_account(desk.company)
        station = HeatStation.objects.create(company=desk.company, name="一站")
        account.premise.heat_station = station
        account.premise.save()
        incident = register_incident(
            desk.company,
            "泵故障",
            Reach(heat_stations=[station]),
            starts_at=t("2026-01-12 08:00"),
            by=desk.dispatcher,
            at=t("2026-01-12 08:05"),
        )
        begin_incident(incident, by=desk.dispatcher, at=t("2026-01-12 08:06"))
        user = agent_of(desk)
        near, far = (account_pop(row.pk, user) for row in (account, other))
        assert near is not None
        assert far is not None
        assert (near.incidents, far.incidents) == ([incident], [])

    def test_asks_as_often_for_ten_accounts_as_for_one(self, desk: Desk) -> None:
        user = agent_of(desk)
        customer = a_customer(desk.company, phone=PHONE)
        counts = []
        for more in (1, 9):
            for _ in range(more):
                account = an_account(desk.company)
                an_issued_bill(a_contract(account, customer))
                a_ticket(desk, "2026-01-12 09:00", a_repair(account=account))
            screen_pop(PHONE, user)
            with CaptureQueriesContext(connection) as queries:
                screen_pop(PHONE, user)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 8

    def test_a_number_of_two_companies_shows_each_its_own(self, desk: Desk) -> None:
        foreign = a_company("21")
        a_contract(an_account(foreign), a_customer(foreign, phone=PHONE))
        account = an_account_of(desk)
        [seen] = screen_pop(PHONE, agent_of(desk)).accounts
        assert seen.account == account
