"""A line of a statement is spread over several accounts; a paper entered before is found."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from billing.group_payments.operations import Paper, spread_transfer
from billing.group_payments.parts import Part
from billing.models import (
    Bill,
    CompanyBankAccount,
    GroupPayment,
    Payment,
    StatementLine,
    StatementLineBooking,
)
from billing.statements.booking import link_entered_payment
from billing.statements.splitting import split_statement_line
from heating.roles import CLERK
from office.refusals import Refused
from tests.billing.statements.statements import AT, HOUSE, imported
from tests.builders import (
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)

PAID_IN = ["20251103", "", "2,100.00", "3,100.00", "太原机械厂", "62000001", "职工暖气费", "S1"]


@pytest.fixture
def parts(bill: Bill) -> list[Part]:
    """2,058.48 yuan of one account's debt and 41.52 of another's."""
    company = bill.company
    other = an_issued_bill(a_contract(an_account(company), a_customer(company)))
    return [Part(bill.contract, 205848, 205848), Part(other.contract, 4152, 205848)]


def paper(key: str = "form-key-1") -> Paper:
    return Paper(key, "太原机械厂", 210000)


def a_line(bank_account: CompanyBankAccount) -> StatementLine:
    imported(bank_account, PAID_IN)
    return StatementLine.objects.get()


class TestSplitStatementLine:
    def test_books_the_parts_and_the_line_once(
        self, bank_account: CompanyBankAccount, parts: list[Part]
    ) -> None:
        line = a_line(bank_account)
        group = split_statement_line(line, paper(), parts, by=HOUSE, at=AT)
        assert split_statement_line(line, paper(), parts, by=HOUSE, at=AT) == group
        with pytest.raises(Refused) as refused:
            split_statement_line(line, paper(), parts[:1], by=HOUSE, at=AT)
        assert (refused.value.code, Payment.objects.count()) == ("form_reused", 2)
        assert [part.amount_fen for part in group.parts.order_by("pk")] == [205848, 4152]
        booking = StatementLineBooking.objects.get()
        assert (booking.line, booking.payment.group, booking.entered_before) == (line, group, False)
        with pytest.raises(Refused) as refused:
            split_statement_line(line, paper("form-key-2"), parts, by=HOUSE, at=AT)
        assert (refused.value.code, Payment.objects.count()) == ("line_booked", 2)

    def test_parts_that_are_not_the_line_are_refused(
        self, bank_account: CompanyBankAccount, parts: list[Part]
    ) -> None:
        line = a_line(bank_account)
        with pytest.raises(Refused) as refused:
            split_statement_line(line, paper(), parts[:1], by=HOUSE, at=AT)
        assert refused.value.code == "parts_differ"
        assert not Payment.objects.exists()
        assert not StatementLineBooking.objects.exists()

    def test_a_paper_entered_before_is_found_by_its_serial(
        self, bank_account: CompanyBankAccount, parts: list[Part]
    ) -> None:
        group = self.entered(bank_account, parts, "S1")
        line = a_line(bank_account)
        booking = StatementLineBooking.objects.get()
        assert (booking.line, booking.payment.group, booking.entered_before) == (line, group, True)
        assert Payment.objects.count() == 2

    def test_a_paper_without_its_serial_is_proposed_and_linked_whole(
        self, bank_account: CompanyBankAccount, parts: list[Part]
    ) -> None:
        group = self.entered(bank_account, parts, "回单 7")
        line = a_line(bank_account)
        with pytest.raises(Refused) as refused:
            split_statement_line(line, paper("form-key-2"), parts, by=HOUSE, at=AT)
        assert refused.value.code == "may_be_entered"
        second = group.parts.get(amount_fen=4152)
        with pytest.raises(Refused) as refused:
            link_entered_payment(line, second, by=HOUSE, at=AT)
        assert refused.value.code == "other_payment"
        first = group.parts.get(amount_fen=205848)
        link_entered_payment(line, first, by=HOUSE, at=AT)
        assert StatementLineBooking.objects.get().payment == first
        assert Payment.objects.count() == 2

    def entered(
        self, bank_account: CompanyBankAccount, parts: list[Part], serial: str
    ) -> GroupPayment:
        return spread_transfer(
            bank_account.company,
            paper(),
            parts,
            bank_account=bank_account,
            bank_reference=serial,
            value_date=date(2025, 11, 3),
            by=HOUSE,
            at=AT,
        )

    def test_a_clerk_splits_on_the_page(
        self, bank_account: CompanyBankAccount, parts: list[Part], client: Client
    ) -> None:
        line = a_line(bank_account)
        client.force_login(a_member_of_staff("clerk", CLERK, bank_account.company))
        address = reverse("admin:billing_statementline_split_statement_line", args=[line.pk])
        assert "太原机械厂" in client.get(address).content.decode()
        form = {
            "form_key": "form-key-9",
            "payer_name": "太原机械厂",
            "parts": "\n".join(
                f"{part.contract.account.number} {part.amount_fen / 100:.2f}" for part in parts
            ),
            "seen": " ".join(f"{part.contract.pk}:205848" for part in parts),
            "step": "book",
        }
        assert client.post(address, form).status_code == 302
        page = client.get(reverse("admin:billing_statementline_change", args=[line.pk]))
        assert "已入账。" in page.content.decode()
