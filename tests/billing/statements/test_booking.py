"""A line becomes a payment once, and what was entered before is found."""

from datetime import date

import pytest

from billing.chart import LedgerAccount
from billing.counter.money_facts import CounterForm
from billing.counter.operations import enter_transfer
from billing.ledger.balances import contract_balance
from billing.models import (
    Bill,
    CompanyBankAccount,
    Payment,
    StatementLine,
    StatementLineBooking,
    Transfer,
)
from billing.statements.booking import book_statement_line, link_entered_payment
from customers.models import SupplyContract
from office.models import JournalEntry
from office.refusals import Refused
from tests.billing.statements.statements import AT, HOUSE, imported
from tests.builders import a_company, a_contract, a_customer, an_account

PAID_IN = ["20251103", "", "2,100.00", "3,100.00", "王秀英", "62000001", "暖气费", "S1"]
FORM_KEY = "f" * 32


def a_line(bank_account: CompanyBankAccount, *cells: object) -> StatementLine:
    imported(bank_account, list(cells) or PAID_IN)
    return StatementLine.objects.get()


def entered(bill: Bill, bank_account: CompanyBankAccount, serial: str, yuan: int = 2100) -> Payment:
    """A transfer typed at the counter before the statement came."""
    form = CounterForm(FORM_KEY, [bill], yuan * 100, bill.amount_fen, beyond_debt=True)
    return enter_transfer(
        bill.contract,
        form,
        bank_account=bank_account,
        bank_reference=serial,
        value_date=date(2025, 11, 3),
        by=HOUSE,
        at=AT,
    )


class TestBookStatementLine:
    def test_books_a_transfer_that_settles_and_leaves_the_rest_as_advance(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        line = a_line(bank_account)
        booking = book_statement_line(line, bill.contract, by=HOUSE, at=AT)
        payment = booking.payment
        assert not booking.entered_before
        assert (payment.method, payment.amount_fen, payment.provider) == (
            "transfer",
            210000,
            "bank",
        )
        assert (payment.bank_account, payment.reference) == (bank_account, "S1")
        assert payment.business_date == date(2025, 11, 3)
        balance = contract_balance(bill.contract)
        assert (balance.receivable_fen, balance.advance_fen) == (0, 4152)
        posted = Transfer.objects.get(kind="payment")
        assert (posted.debit, posted.amount_fen) == (LedgerAccount.BANK, 210000)
        assert JournalEntry.objects.filter(action="book_statement_line").count() == 1

    def test_a_second_booking_is_refused(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        line = a_line(bank_account)
        booking = book_statement_line(line, bill.contract, by=HOUSE, at=AT)
        with pytest.raises(Refused) as refusal:
            book_statement_line(line, bill.contract, by=HOUSE, at=AT)
        assert refusal.value.code == "line_booked"
        assert refusal.value.facts == {"receipt": booking.payment.receipt.number}
        assert Payment.objects.count() == 1

    def test_what_was_entered_before_is_found_by_the_import_itself(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        payment = entered(bill, bank_account, " s 1 ")
        line = a_line(bank_account)
        booking = StatementLineBooking.objects.get()
        assert (booking.line, booking.payment, booking.entered_before) == (line, payment, True)
        assert Payment.objects.count() == 1

    def test_what_was_entered_after_the_import_is_found_when_the_line_is_booked(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        line = a_line(bank_account)
        payment = entered(bill, bank_account, "S1")
        booking = book_statement_line(line, bill.contract, by=HOUSE, at=AT)
        assert (booking.payment, booking.entered_before) == (payment, True)
        assert Payment.objects.count() == 1

    def test_a_serial_that_was_entered_for_another_account_is_refused(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        line = a_line(bank_account)
        entered(bill, bank_account, "S1")
        company = bill.company
        other = a_contract(an_account(company), a_customer(company, name="李雷"))
        with pytest.raises(Refused) as refusal:
            book_statement_line(line, other, by=HOUSE, at=AT)
        assert refusal.value.code == "entered_elsewhere"
        assert refusal.value.facts["number"] == bill.account.number
        assert not StatementLineBooking.objects.exists()

    def test_a_serial_that_was_entered_with_another_amount_is_refused(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        line = a_line(bank_account)
        entered(bill, bank_account, "S1", yuan=2101)
        with pytest.raises(Refused) as refusal:
            book_statement_line(line, bill.contract, by=HOUSE, at=AT)
        assert refusal.value.code == "entered_differently"
        assert refusal.value.facts["amount"] == "2,101.00"
        assert Payment.objects.count() == 1

    def test_the_same_amount_entered_around_the_day_is_asked_about(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        payment = entered(bill, bank_account, "HAND-1")
        line = a_line(bank_account, *PAID_IN[:-1], "")
        with pytest.raises(Refused) as refusal:
            book_statement_line(line, bill.contract, by=HOUSE, at=AT)
        assert refusal.value.code == "may_be_entered"
        assert refusal.value.facts == {"receipts": payment.receipt.number}
        assert Payment.objects.count() == 1
        booking = link_entered_payment(line, payment, by=HOUSE, at=AT)
        assert (booking.payment, booking.entered_before) == (payment, True)
        assert Payment.objects.count() == 1

    def test_a_person_may_say_that_it_is_another_transfer(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        entered(bill, bank_account, "HAND-1")
        line = a_line(bank_account, *PAID_IN[:-1], "")
        booking = book_statement_line(line, bill.contract, another=True, by=HOUSE, at=AT)
        assert not booking.entered_before
        assert sum(Payment.objects.values_list("amount_fen", flat=True)) == 420000

    def test_two_lines_with_one_voucher_number_are_two_payments(
        self, bank_account: CompanyBankAccount, contract: SupplyContract
    ) -> None:
        imported(
            bank_account,
            ["20251103", "", "5.00", "1,005.00", "甲", "", "热费", "7"],
            ["20251103", "", "6.00", "1,011.00", "乙", "", "热费", "7"],
        )
        for line in StatementLine.objects.order_by("row"):
            book_statement_line(line, contract, by=HOUSE, at=AT)
        assert sorted(Payment.objects.values_list("amount_fen", flat=True)) == [500, 600]

    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            (["20251103", "5.00", "", "995.00", "", "", "手续费", "S1"], "no_customers_money"),
            (["20241103", "", "5.00", "1,005.00", "", "", "", "S1"], "before_books"),
        ],
    )
    def test_what_is_no_customers_money_is_refused(
        self,
        bank_account: CompanyBankAccount,
        bill: Bill,
        cells: list[object],
        code: str,
    ) -> None:
        line = a_line(bank_account, *cells)
        with pytest.raises(Refused) as refusal:
            book_statement_line(line, bill.contract, by=HOUSE, at=AT)
        assert refusal.value.code == code
        assert not Payment.objects.exists()

    def test_a_reversed_line_is_refused(self, bank_account: CompanyBankAccount, bill: Bill) -> None:
        imported(
            bank_account,
            PAID_IN,
            ["20251104", "", "-2,100.00", "1,000.00", "王秀英", "62000001", "冲正", "S1"],
        )
        original = StatementLine.objects.get(kind="received")
        with pytest.raises(Refused) as refusal:
            book_statement_line(original, bill.contract, by=HOUSE, at=AT)
        assert (refusal.value.code, refusal.value.facts) == ("line_reversed", {"day": "2025-11-04"})
        assert not Payment.objects.exists()

    def test_a_contract_of_another_company_is_refused(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        elsewhere = a_company("21")
        other = a_contract(an_account(elsewhere), a_customer(elsewhere))
        with pytest.raises(Refused) as refusal:
            book_statement_line(a_line(bank_account), other, by=HOUSE, at=AT)
        assert refusal.value.code == "other_company"
        assert not Payment.objects.exists()


class TestLinkEnteredPayment:
    def test_a_payment_of_another_amount_is_refused(
        self, bank_account: CompanyBankAccount, bill: Bill
    ) -> None:
        payment = entered(bill, bank_account, "HAND-1", yuan=2101)
        with pytest.raises(Refused) as refusal:
            link_entered_payment(a_line(bank_account), payment, by=HOUSE, at=AT)
        assert refusal.value.code == "other_payment"
        assert not StatementLineBooking.objects.exists()
