"""A project is given up after it paid: its money is moved to another one and paid back."""

import pytest
from django.test import Client

from billing.chart import LedgerAccount
from billing.connection_fees.moves import (
    approve_credit_move,
    cancel_credit_move,
    draft_credit_move,
    return_credit_move,
)
from billing.connection_fees.statement import fee_statement
from billing.ledger.checks import check_ledger
from billing.ledger.connection_money import connection_money
from billing.models import CreditMove, Receipt
from billing.payments.suspense import assign_suspense_to_connection
from billing.refunds.operations import (
    Payee,
    approve_advance_refund,
    draft_connection_refund,
    pay_advance_refund,
)
from customers.connection.ends import reopen_connection, withdraw_connection
from customers.models import Connection, ConnectionTerms
from office.approvals.steps import Opinion
from office.refusals import Invalid, NotAllowed, Refused
from tests.billing.connection_fees.fee_desk import FeeDesk, a_fee_desk, postings
from tests.builders import a_bank_account
from tests.customers.connection_records import NOON, days_later
from tests.customers.connection_works_records import signed

pytestmark = pytest.mark.django_db

BANK = LedgerAccount.BANK
ADVANCE, IN_TRANSIT = LedgerAccount.CONNECTION_ADVANCE, LedgerAccount.CONNECTION_IN_TRANSIT
PAYEE = Payee("太原某某房地产开发有限公司", "工商银行", "1402")


@pytest.fixture
def desk() -> FeeDesk:
    return a_fee_desk()


@pytest.fixture
def given_up(desk: FeeDesk) -> Connection:
    """600,000.00 yuan were paid before it was given up."""
    connection = signed(desk.staff)
    desk.transfer(connection, 600_000_00)
    withdraw_connection(connection, reason="停建", by=desk.staff.agent, at=NOON)
    connection.refresh_from_db()
    return connection


@pytest.fixture
def other(desk: FeeDesk) -> Connection:
    """Another project of the same developer, with a contract of 1,200,025.00 yuan."""
    return signed(desk.staff)


def draft(
    desk: FeeDesk, connection: Connection, other: Connection, fen: int = 400_000_00
) -> CreditMove:
    return draft_credit_move(connection, other, fen, reason="停建", by=desk.clerk, at=NOON)


class TestGivenUp:
    def test_the_story_to_the_last_fen(
        self, desk: FeeDesk, given_up: Connection, other: Connection
    ) -> None:
        """Ended and not deleted; the credit goes to another project and back to the payer, and a
        transfer that comes late is found to be the payer's too.
        """
        assert (given_up.state, given_up.contracts.count()) == ("withdrawn", 1)
        assert connection_money(given_up).credit_fen == 600_000_00
        assert [entry.change_fen for entry in fee_statement(given_up).entries] == [
            1_200_025_00,
            -1_200_025_00,
        ]
        move = draft(desk, given_up, other)
        approve_credit_move(move, by=desk.manager, at=NOON)
        assert postings(given_up)[1:] == [("move", ADVANCE, IN_TRANSIT, 400_000_00)]
        assert postings(other) == [("move", IN_TRANSIT, ADVANCE, 400_000_00)]
        assert connection_money(other).open_fen == 800_025_00

        late = desk.transfer(given_up, 30_000_00)
        assert late.in_suspense
        assign_suspense_to_connection(
            late, given_up, reason="已与付款方核对", by=desk.manager, at=NOON
        )
        assert Receipt.objects.filter(payment=late).count() == 1
        assert connection_money(given_up).credit_fen == 230_000_00

        refund = draft_connection_refund(
            given_up,
            230_000_00,
            PAYEE,
            reason="停建退款",
            source="申请",
            by=desk.clerk,
            at=NOON,
        )
        approve_advance_refund(refund, by=desk.manager, at=NOON)
        account = a_bank_account(given_up.company)
        pay_advance_refund(refund, account, "TK1", by=desk.clerk, at=NOON)
        assert postings(given_up)[-1] == ("payout", ADVANCE, BANK, 230_000_00)
        assert connection_money(given_up).credit_fen == 0
        assert all(result.holds for result in check_ledger())

    def test_taken_up_again_it_owes_by_the_price_of_the_new_day(
        self, desk: FeeDesk, given_up: Connection
    ) -> None:
        """What was paid counts for the new contract, whose price is that of its own day."""
        reopen_connection(given_up, reason="续建", by=desk.staff.manager, at=NOON)
        assert connection_money(given_up).credit_fen == 600_000_00
        ConnectionTerms.objects.create(
            company=given_up.company,
            starts=days_later(10).date(),
            price_fen=6000,
            tolerance_permille=30,
            source="新规定",
        )
        from customers.connection.contracts import terms_in_force

        assert terms_in_force(given_up.company, NOON.date()).price_fen == 5000
        assert terms_in_force(given_up.company, days_later(11).date()).price_fen == 6000


class TestDraftCreditMove:
    def test_refusals_leave_the_credit(
        self, desk: FeeDesk, given_up: Connection, other: Connection
    ) -> None:
        first = draft(desk, given_up, other)
        stranger = signed(desk.staff)
        Connection.objects.filter(pk=stranger.pk).update(applicant="另一家公司")
        for target, fen, code in (
            (other, 200_000_01, "move_above_credit"),
            (other, 0, "move_above_credit"),
            (given_up, 1, "same_connection"),
            (stranger, 1, "other_payer"),
        ):
            with pytest.raises((Refused, Invalid)) as refusal:
                draft(desk, given_up, Connection.objects.get(pk=target.pk), fen)
            assert refusal.value.code == code
        assert list(CreditMove.objects.all()) == [first]
        cancel_credit_move(first, by=desk.clerk, at=NOON)
        assert draft(desk, given_up, other, 600_000_00).amount_fen == 600_000_00

    def test_a_second_person_approves_and_may_return(
        self, desk: FeeDesk, given_up: Connection, other: Connection
    ) -> None:
        move = draft(desk, given_up, other)
        with pytest.raises(NotAllowed):
            approve_credit_move(move, by=desk.clerk, at=NOON)
        return_credit_move(move, Opinion("请改退款"), by=desk.manager, at=NOON)
        with pytest.raises(Refused):
            approve_credit_move(move, by=desk.manager, at=NOON)
        move.refresh_from_db()
        assert (move.state, connection_money(other).paid_fen) == ("returned", 0)

    def test_what_the_bank_may_have_paid_is_not_moved(
        self, desk: FeeDesk, given_up: Connection, other: Connection
    ) -> None:
        move = draft(desk, given_up, other, 300_000_00)
        refund = draft_connection_refund(
            given_up, 300_000_00, PAYEE, reason="停建", source="申请", by=desk.clerk, at=NOON
        )
        approve_advance_refund(refund, by=desk.manager, at=NOON)
        # As if an amendment had taken the rest meanwhile.
        CreditMove.objects.update(amount_fen=300_000_01)
        with pytest.raises(Refused, match="余款现只有 300,000") as refusal:
            approve_credit_move(move, by=desk.manager, at=NOON)
        assert refusal.value.code == "credit_used"
        assert connection_money(given_up).credit_fen == 600_000_00
        move.refresh_from_db()
        assert move.state == "drafted"


class TestScreens:
    def test_the_page_takes_a_transfer_and_shows_the_receipt(
        self, desk: FeeDesk, other: Connection, client: Client
    ) -> None:
        assert desk.clerk.user is not None
        client.force_login(desk.clerk.user)
        url = f"/admin/billing/connectionfee/{other.pk}/"
        page = client.get(f"{url}change/").content.decode()
        assert "1,200,025.00" in page
        assert "收现金" not in page
        sent = {
            "form_key": "page-form-0001",
            "seen_open_fen": "120002500",
            "amount": "600,000",
            "bank_account": a_bank_account(other.company).pk,
            "bank_reference": "SCREEN1",
            "value_date": "2026-03-02",
        }
        client.post(f"{url}enter_connection_transfer/", sent)
        receipt = Receipt.objects.get()
        page = client.get(f"{url}change/").content.decode()
        assert receipt.number in page
        assert "600,025.00" in page
        listed = client.get("/admin/billing/connectionfee/").content.decode()
        assert other.number in listed
        move_page = client.get("/admin/billing/creditmove/")
        assert move_page.status_code == 200
