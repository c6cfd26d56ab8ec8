"""What is open on a bill: one figure for allocation, screens, papers, API and `check_ledger`."""

from dataclasses import dataclass

import pytest
from django.db import IntegrityError, connection, transaction

from billing.account_desk.page import account_page
from billing.bills.filled_papers import bill_paper
from billing.chart import LedgerAccount
from billing.counter.shifts import open_shift
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.ledger.open_bills import open_bills, with_open_amount
from billing.models import Bill, SourceType, Transfer, TransferKind
from billing.runs.operations import create_billing_run
from customers.models import Account
from heating.roles import CASHIER, CLERK
from office.actors import Actor
from office.calendar import business_date
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.customer_api import ApiClient

pytestmark = pytest.mark.django_db


class TestWithOpenAmount:
    def test_is_served_by_the_index_on_bills(self, bill: Bill) -> None:
        with connection.cursor() as cursor:
            # A table that statistics call empty is read whole, and rightly.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = with_open_amount(Bill.objects.filter(contract_id=bill.contract_id)).explain()
        assert "billing_transfer_day_book_bill_id_idx" in plan
        assert "Seq Scan on billing_transfer_day_book" not in plan


@dataclass(frozen=True)
class Planted:
    """A posting that no operation makes, and the amount in fen that is open after it."""

    kind: TransferKind
    debit: LedgerAccount
    credit: LedgerAccount
    amount_fen: int
    open_fen: int


# The bill is of 2,058.48 yuan.
PLANTED = {
    "money under a kind of its own": Planted(
        TransferKind.DIFFERENCE,
        LedgerAccount.CASH_DIFFERENCE,
        LedgerAccount.RECEIVABLE,
        50_000,
        155_848,
    ),
    "more than was billed": Planted(
        TransferKind.ALLOCATION, LedgerAccount.ADVANCE, LedgerAccount.RECEIVABLE, 205_849, -1
    ),
    "taken back more than was settled": Planted(
        TransferKind.ALLOCATION, LedgerAccount.RECEIVABLE, LedgerAccount.ADVANCE, 1, 205_849
    ),
}


def a_source(kind: TransferKind, bill: Bill) -> dict[str, object]:
    """A document from which a posting of that kind may come."""
    if kind == TransferKind.DIFFERENCE:
        cashier = a_member_of_staff("收费", CASHIER, bill.company)
        shift = open_shift(bill.company, till="1", float_fen=0, by=Actor.staff(cashier), at=NOW)
        return {"source_type": SourceType.SHIFT, "source_id": shift.pk}
    clerk = a_member_of_staff("计费", CLERK, bill.company)
    run = create_billing_run(bill.season, by=Actor.staff(clerk), at=NOW)
    return {"source_type": SourceType.RUN, "source_id": run.pk}


def plant(bill: Bill, wrong: Planted) -> None:
    Transfer.objects.create(
        company=bill.company,
        kind=wrong.kind,
        debit=wrong.debit,
        credit=wrong.credit,
        amount_fen=wrong.amount_fen,
        business_date=NOW.date(),
        posted_at=NOW,
        contract=bill.contract,
        season=bill.season,
        bill=bill,
        **a_source(wrong.kind, bill),
    )


class TestOpenAmount:
    @pytest.mark.parametrize("wrong", PLANTED.values(), ids=PLANTED.keys())
    def test_a_wrong_posting_is_seen_alike_by_everybody(
        self, bill: Bill, customer: ApiClient, wrong: Planted
    ) -> None:
        plant(bill, wrong)
        account = Account.objects.select_related("premise").get(pk=bill.account_id)
        (row,) = account_page(account, on=business_date(NOW)).bills
        (shown,) = customer.read(f"/accounts/{account.pk}/bills").json()["bills"]
        owed_fen = contract_balance(bill.contract).receivable_fen
        assert [row.open_fen, shown["open_fen"], owed_fen] == [wrong.open_fen] * 3
        paid = f"{(205_848 - wrong.open_fen) / 100:,.2f}"
        assert bill_paper(bill, at=NOW).credited == paid
        payable = [item.open_fen for item in open_bills(bill.contract)]
        assert payable == [fen for fen in [wrong.open_fen] if fen > 0]

    @pytest.mark.parametrize(
        ("planted", "broken"),
        [
            ("money under a kind of its own", []),
            ("more than was billed", ["settled_within_bill", "no_negative_advance"]),
            ("taken back more than was settled", ["settled_within_bill"]),
        ],
    )
    def test_check_ledger_counts_as_the_screens_do(
        self, bill: Bill, planted: str, broken: list[str]
    ) -> None:
        plant(bill, PLANTED[planted])
        assert [result.check.name for result in check_ledger() if not result.holds] == broken

    def test_a_posting_to_the_receivable_without_a_bill_is_refused(self, bill: Bill) -> None:
        refused = pytest.raises(IntegrityError, match="transfer_of_receivable_names_bill")
        with refused, transaction.atomic():
            Transfer.objects.create(
                company=bill.company,
                kind=TransferKind.ALLOCATION,
                debit=LedgerAccount.ADVANCE,
                credit=LedgerAccount.RECEIVABLE,
                amount_fen=1,
                business_date=NOW.date(),
                posted_at=NOW,
                contract=bill.contract,
                **a_source(TransferKind.ALLOCATION, bill),
            )
        assert contract_balance(bill.contract).receivable_fen == 205_848

    def test_a_debt_settled_under_another_contract_is_found(self, bill: Bill) -> None:
        other = a_contract(an_account(a_company()), a_customer(a_company()))
        an_issued_bill(other)
        bill.contract = other
        plant(bill, PLANTED["money under a kind of its own"])
        broken = {result.check.name: result.examples for result in check_ledger() if result.count}
        assert list(broken) == ["receivables_are_open_bills"]
        assert len(broken["receivables_are_open_bills"]) == 2
