"""Payments lock their own rows only, in one order, and wait for a bounded time."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from billing.counter.money_facts import CardSlip, CounterForm
from billing.counter.operations import take_card, take_cash
from billing.counter.shifts import lock_shift, open_shift
from billing.ledger.checks import check_ledger
from billing.models import HeatingSeason, Payment, Shift
from billing.seasons.partitions import attach, build_detached, lock_books
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
from heating.roles import CASHIER
from office.actors import Actor
from office.locks.database_refusals import refusal_of
from office.models import Company
from office.refusals import Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return a_company()


@pytest.fixture
def cashier(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("收费一号", CASHIER, company))


@pytest.fixture
def shift(company: Company, cashier: Actor) -> Shift:
    return open_shift(company, till="1", float_fen=0, by=cashier, at=NOW)


def a_household(company: Company) -> SupplyContract:
    return a_contract(an_account(company, area="90.00"), a_customer(company))


@transaction.atomic
def _lock_impatiently(contract: SupplyContract) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '300ms'")
    try:
        lock_account(contract.account_id)
    except OperationalError as error:
        transaction.set_rollback(True)
        refusal = refusal_of(error)
        return refusal.code if refusal else "other"
    return "locked"


class TestLockAccount:
    def test_locks_neither_the_company_nor_other_accounts(
        self, company: Company, shift: Shift
    ) -> None:
        first, second = a_household(company), a_household(company)
        with transaction.atomic():
            lock_account(first.account_id)
            lock_shift(shift.pk)
            outcomes = at_once([partial(_lock_impatiently, second)])
        assert outcomes == ["locked"]

    def test_a_wait_that_takes_too_long_is_a_refusal(self, company: Company) -> None:
        contract = a_household(company)
        with transaction.atomic():
            lock_account(contract.account_id)
            outcomes = at_once([partial(_lock_impatiently, contract)])
        assert outcomes == ["busy"]

    def test_waits_for_whoever_attaches_tables(self, company: Company) -> None:
        contract = a_household(company)
        with transaction.atomic():
            lock_books()
            outcomes = at_once([partial(_lock_impatiently, contract)])
        assert outcomes == ["busy"]


class TestTwoTabs:
    def test_cash_and_card_of_twenty_accounts_book_one_each(
        self, company: Company, cashier: Actor, shift: Shift
    ) -> None:
        for n in range(20):
            contract = a_household(company)
            bill = an_issued_bill(contract)
            slip = CardSlip("898110148990001", "10000001", "000012", f"{n:06d}", "6217")
            cash = CounterForm(f"cash{n}", [bill], 162000, 162000)
            card = CounterForm(f"card{n}", [bill], 162000, 162000)
            outcomes = at_once(
                [
                    partial(take_cash, contract, cash, by=cashier, at=NOW),
                    partial(take_card, contract, card, slip, by=cashier, at=NOW),
                ]
            )
            refused = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
            assert refused == ["balance_changed"]
        assert Payment.objects.count() == 20
        assert [result.check.name for result in check_ledger() if not result.holds] == []


class TestAttach:
    def test_payments_and_new_tables_never_wait_for_each_other_in_a_circle(
        self, company: Company, cashier: Actor, shift: Shift
    ) -> None:
        seasons = [
            HeatingSeason.objects.create(
                company=company,
                label=f"{year}-{year + 1}",
                starts=date(year, 11, 1),
                ends=date(year + 1, 3, 31),
                due_on=date(year, 12, 31),
            )
            for year in (2018, 2019, 2020)
        ]

        @transaction.atomic
        def attach_tables() -> None:
            lock_books()
            for season in seasons:
                build_detached(season)
                attach(season)

        works: list[Callable[[], object]] = [
            partial(
                take_cash,
                a_household(company),
                CounterForm(f"ahead{n}", [], 5000, 0, beyond_debt=True),
                by=cashier,
                at=NOW,
            )
            for n in range(8)
        ]
        outcomes = at_once([*works, attach_tables])
        assert [outcome for outcome in outcomes if isinstance(outcome, Refused)] == []
        assert Payment.objects.count() == 8
