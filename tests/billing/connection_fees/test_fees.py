"""The fee of a connection: 24,000.50 m² × 50.00 yuan = 1,200,025.00 yuan from a developer."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.chart import LedgerAccount
from billing.connection_fees.statement import fee_statement
from billing.connection_fees.taking import (
    FeeForm,
    enter_connection_transfer,
    take_connection_cash,
)
from billing.counter.shifts import cash_taken_fen, open_shift
from billing.ledger.checks import check_ledger
from billing.ledger.connection_money import ConnectionMoney, connection_money
from billing.models import Payment, PaymentIntent, Receipt, Transfer
from customers.connection.contracts import ContractFacts, amend_connection_contract
from customers.connection.ends import withdraw_connection
from customers.connection.works import KickOffFacts, accept_construction, kick_off_connection
from customers.models import Connection
from office.refusals import Refused
from tests.billing.connection_fees.fee_desk import FeeDesk, a_fee_desk, postings
from tests.builders import a_bank_account
from tests.customers.connection_records import NOON, TODAY, a_scan
from tests.customers.connection_works_records import inspect_all, signed
from tests.suppliers.supplier_records import a_supplier

pytestmark = pytest.mark.django_db

BANK, CASH = LedgerAccount.BANK, LedgerAccount.CASH
ADVANCE, RECEIVABLE = LedgerAccount.CONNECTION_ADVANCE, LedgerAccount.CONNECTION_RECEIVABLE
INCOME, SUSPENSE = LedgerAccount.CONNECTION_INCOME, LedgerAccount.SUSPENSE


@pytest.fixture
def desk() -> FeeDesk:
    return a_fee_desk()


@pytest.fixture
def connection(desk: FeeDesk) -> Connection:
    return signed(desk.staff)


def books_hold() -> bool:
    return all(result.holds for result in check_ledger())


def accept(connection: Connection, desk: FeeDesk) -> None:
    meeting = KickOffFacts(a_supplier(77), TODAY, "管材已到场", "焊工 4 人", "4 月开工")
    kick_off_connection(connection, meeting, by=desk.staff.manager, at=NOON)
    inspect_all(connection, desk.staff)
    accept_construction(
        connection, score=Decimal(92), conclusion="合格", by=desk.staff.technician, at=NOON
    )
    connection.refresh_from_db()


def amend(connection: Connection, desk: FeeDesk, area: str, fen: int) -> None:
    facts = ContractFacts(Decimal(area), TODAY, [(date(2026, 9, 1), fen)])
    amend_connection_contract(
        connection, facts, a_scan(), reason="面积变更", by=desk.staff.manager, at=NOON
    )


class TestEnterConnectionTransfer:
    def test_a_prepayment_without_account_with_a_receipt_that_says_what_it_is_for(
        self, desk: FeeDesk, connection: Connection
    ) -> None:
        payment = desk.transfer(connection, 700_000_00)
        assert (payment.contract, payment.connection, payment.in_suspense) == (
            None,
            connection,
            False,
        )
        assert postings(connection) == [("payment", BANK, ADVANCE, 700_000_00)]
        statement = fee_statement(connection)
        assert (statement.money.paid_fen, statement.money.open_fen) == (700_000_00, 500_025_00)
        assert [(item.paid_fen, item.open_fen) for item in statement.instalments] == [
            (600_000_00, 0),
            (100_000_00, 500_025_00),
        ]
        paper = payment.receipt.paper
        assert (paper["payer"], paper["account_number"], paper["number_label"]) == (
            connection.applicant,
            connection.number,
            "入网编号",
        )
        assert (paper["lines"][0]["item"], paper["lines"][0]["working"]) == (
            "入网费",
            "累计已付 700,000.00 元，尚欠 500,025.00 元",
        )
        assert payment.intent is not None
        assert PaymentIntent.objects.get(pk=payment.intent.pk).state == "paid"
        assert books_hold()

    def test_refusals_book_nothing(self, desk: FeeDesk, connection: Connection) -> None:
        desk.transfer(connection, 1_00, serial="ONCE")
        for form, serial, code in (
            (FeeForm("more-than-owed", 1_200_024_00, 1_200_024_01), "A", "more_than_owed_for"),
            (FeeForm("seen-something-else", 1_200_025_00, 1_00), "B", "balance_changed"),
            (FeeForm("entered-already", 1_200_024_00, 1_00), "ONCE", "transfer_entered"),
        ):
            with pytest.raises(Refused) as refusal:
                enter_connection_transfer(
                    connection,
                    form,
                    bank_account=a_bank_account(connection.company),
                    bank_reference=serial,
                    value_date=TODAY,
                    by=desk.clerk,
                    at=NOON,
                )
            assert refusal.value.code.startswith(code)
        assert (Payment.objects.count(), connection_money(connection).paid_fen) == (1, 1_00)

    def test_late_money_waits_in_suspense(self, desk: FeeDesk, connection: Connection) -> None:
        withdraw_connection(connection, reason="不建了", by=desk.staff.agent, at=NOON)
        payment = desk.transfer(connection, 50_000_00, serial="RW-LATE")
        with pytest.raises(Refused) as refusal:
            desk.transfer(connection, 50_000_00, serial="rw-late")
        assert (refusal.value.code, refusal.value.sentence) == (
            "transfer_entered",
            "该银行流水已登记过，款项在待查款项中，请到“待查款项”处理。",
        )
        assert Payment.objects.count() == 1
        assert payment.in_suspense
        assert not Receipt.objects.exists()
        assert postings(connection) == [("payment", BANK, SUSPENSE, 50_000_00)]
        assert connection_money(connection) == ConnectionMoney()
        assert books_hold()

    def test_the_database_wants_one_owner_of_the_money(
        self, desk: FeeDesk, connection: Connection
    ) -> None:
        payment = desk.transfer(connection, 1_00)
        with pytest.raises(IntegrityError, match="intent_of_somebody"), transaction.atomic():
            PaymentIntent.objects.update(connection=None)
        row = Transfer.objects.get(connection=connection)
        row.pk, row.connection = None, None
        with (
            pytest.raises(IntegrityError, match="transfer_of_connection_names_it"),
            transaction.atomic(),
        ):
            row.save(force_insert=True)
        payment.refresh_from_db()
        assert payment.connection == connection


class TestTakeConnectionCash:
    def test_into_the_shift_and_once(self, desk: FeeDesk, connection: Connection) -> None:
        shift = open_shift(connection.company, till="1", float_fen=0, by=desk.cashier, at=NOON)
        form = FeeForm("cash-form-1", 1_200_025_00, 900_000_00)
        first = take_connection_cash(connection, form, by=desk.cashier, at=NOON)
        assert take_connection_cash(connection, form, by=desk.cashier, at=NOON) == first
        assert cash_taken_fen(shift) == 900_000_00
        assert postings(connection) == [("payment", CASH, ADVANCE, 900_000_00)]
        with pytest.raises(Refused) as refusal:
            take_connection_cash(connection, replace(form, amount_fen=1), by=desk.cashier, at=NOON)
        assert refusal.value.code == "form_reused"

    def test_above_the_limit_and_without_contract_it_is_refused(
        self, desk: FeeDesk, connection: Connection
    ) -> None:
        open_shift(connection.company, till="1", float_fen=0, by=desk.cashier, at=NOON)
        form = FeeForm("cash-form-2", 1_200_025_00, 1_200_025_00)
        with pytest.raises(Refused) as refusal:
            take_connection_cash(connection, form, by=desk.cashier, at=NOON)
        assert refusal.value.code == "above_limit"
        withdraw_connection(connection, reason="不建了", by=desk.staff.agent, at=NOON)
        with pytest.raises(Refused) as refusal:
            take_connection_cash(
                connection, FeeForm("cash-form-3", 0, 1_00), by=desk.cashier, at=NOON
            )
        assert refusal.value.code == "no_connection_contract"
        assert not Payment.objects.exists()


class TestIncome:
    def test_acceptance_makes_the_prepayment_income_and_the_rest_a_claim(
        self, desk: FeeDesk, connection: Connection
    ) -> None:
        desk.transfer(connection, 700_000_00)
        accept(connection, desk)
        assert postings(connection)[1:] == [
            ("connection", RECEIVABLE, INCOME, 1_200_025_00),
            ("connection", ADVANCE, RECEIVABLE, 700_000_00),
        ]
        assert connection_money(connection) == ConnectionMoney(
            1_200_025_00, 0, 500_025_00, 1_200_025_00
        )
        desk.transfer(connection, 500_025_00)
        assert connection_money(connection) == ConnectionMoney(1_200_025_00, 0, 0, 1_200_025_00)
        assert postings(connection)[3:] == [
            ("payment", BANK, ADVANCE, 500_025_00),
            ("connection", ADVANCE, RECEIVABLE, 500_025_00),
        ]
        assert books_hold()

    def test_an_amendment_is_an_entry_over_the_difference(
        self, desk: FeeDesk, connection: Connection
    ) -> None:
        desk.transfer(connection, 1_200_025_00)
        accept(connection, desk)
        amend(connection, desk, "24100.50", 1_205_025_00)
        assert postings(connection)[3:] == [("connection", RECEIVABLE, INCOME, 5_000_00)]
        amend(connection, desk, "23000.50", 1_150_025_00)
        assert postings(connection)[4:] == [
            ("connection", INCOME, RECEIVABLE, 55_000_00),
            ("connection", RECEIVABLE, ADVANCE, 50_000_00),
        ]
        statement = fee_statement(connection)
        assert [entry.change_fen for entry in statement.entries] == [
            1_200_025_00,
            5_000_00,
            -55_000_00,
        ]
        assert (statement.money.open_fen, statement.money.credit_fen) == (0, 50_000_00)
        assert books_hold()


class TestTheList:
    def test_adds_up_what_is_owed_paid_and_open(
        self, client: Client, desk: FeeDesk, connection: Connection
    ) -> None:
        desk.transfer(connection, 200_025_00)
        desk.transfer(signed(desk.staff), 25_00)
        assert desk.manager.user is not None
        client.force_login(desk.manager.user)
        page = client.get(reverse("admin:billing_connectionfee_changelist"))
        figures = page.context["cl"].figures
        assert (figures.count, figures.totals) == (
            2,
            [
                ("应付（元）", "2,400,050.00"),
                ("已付（元）", "200,050.00"),
                ("未付（元）", "2,200,000.00"),
            ],
        )
