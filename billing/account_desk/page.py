"""The data of the account page, read in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, QuerySet, Sum

from billing.bills.explain import explained_lines, with_lines
from billing.ledger.balances import ContractBalance, contract_balances
from billing.ledger.late_fees import late_fees
from billing.ledger.open_bills import with_open_amount
from billing.models import Adjustment, Attempt, Bill, Payment, SuspenseAssignment
from billing.payments.refunds import refunded
from customers.contracts.papers import valid_papers_of
from customers.models import Account, AreaLine, ContractPaper, Customer, SupplyContract
from office.models import JournalEntry

MOST_PAYMENTS = 50
MOST_ENTRIES = 40


@dataclass(frozen=True)
class BillRow:
    """A bill, the amount still open on it, and the explanation of each of its lines."""

    bill: Bill
    open_fen: int
    explanations: list[str]


@dataclass(frozen=True)
class ContractRow:
    """A contract and its balance."""

    contract: SupplyContract
    balance: ContractBalance


@dataclass(frozen=True)
class FormerOwner:
    """An ended contract with its bills and the amounts still open on them."""

    contract: SupplyContract
    bills: list[BillRow]

    @property
    def open_fen(self) -> int:
        return sum(row.open_fen for row in self.bills)


@dataclass(frozen=True)
class AccountPage:
    """The data of the account page; every bill is listed under the owner who owes it."""

    account: Account
    contracts: list[ContractRow]
    area_lines: list[AreaLine]
    every_bill: list[BillRow]
    payments: list[Payment]
    timeline: list[JournalEntry]
    refunded_suspense_fen: int
    late_fee_fen: int
    papers: list[ContractPaper]

    @property
    def current(self) -> ContractRow | None:
        """Returns the contract in force, or else the last one."""
        return self.contracts[0] if self.contracts else None

    @property
    def bills(self) -> list[BillRow]:
        """Returns the bills of the present owner."""
        return self._bills_of(self.current) if self.current else []

    @property
    def former_owners(self) -> list[FormerOwner]:
        """Returns the former owners who still have bills on the account, the latest first."""
        former = [FormerOwner(row.contract, self._bills_of(row)) for row in self.contracts[1:]]
        return [owner for owner in former if owner.bills]

    @property
    def former_open_fen(self) -> int:
        return sum(owner.open_fen for owner in self.former_owners)

    @property
    def refund_blocked_fen(self) -> int:
        """Returns the refunded money that nobody can spend: blocked, or left in suspense."""
        blocked = sum(row.balance.refund_blocked_fen for row in self.contracts)
        return blocked + self.refunded_suspense_fen

    @property
    def open_count(self) -> int:
        return sum(1 for row in self.bills if row.open_fen > 0)

    def _bills_of(self, owner: ContractRow) -> list[BillRow]:
        return [row for row in self.every_bill if row.bill.contract_id == owner.contract.pk]


def account_page(account: Account, *, on: date) -> AccountPage:
    """Reads the whole page of an account that was loaded with its premise.

    The late fee is what the present owner owes on the day `on`.
    """
    contracts = _contracts(account)
    payments = _payments(contracts)
    return AccountPage(
        account=account,
        contracts=contracts,
        area_lines=list(account.premise.area_lines.select_related("category")),
        every_bill=_bills(account),
        payments=payments,
        timeline=_timeline(account, contracts, payments),
        refunded_suspense_fen=_refunded_suspense_fen(contracts),
        late_fee_fen=_late_fee_fen(contracts, on),
        papers=list(valid_papers_of([row.contract.pk for row in contracts])),
    )


def _contracts(account: Account) -> list[ContractRow]:
    rows = list(
        account.contracts.select_related("customer", "payer").order_by(
            F("ends").desc(nulls_first=True), "-starts"
        )
    )
    balances = contract_balances([row.pk for row in rows])
    return [ContractRow(row, balances.get(row.pk, ContractBalance(0, 0))) for row in rows]


def _bills(account: Account) -> list[BillRow]:
    bills = (
        with_open_amount(with_lines(Bill.objects.filter(account=account)))
        .select_related("season", "contract")
        .order_by("-season__label", "-pk")
    )
    return [
        BillRow(bill, bill.open_fen, [line.text for line in explained_lines(bill)])
        for bill in bills
    ]


def _payments(contracts: list[ContractRow]) -> list[Payment]:
    ids = [row.contract.pk for row in contracts]
    # A query of its own: an OR over a join would scan the whole table of payments.
    assigned = SuspenseAssignment.objects.filter(contract__in=ids).values_list("payment", flat=True)
    rows: QuerySet[Payment] = Payment.objects.filter(Q(contract__in=ids) | Q(pk__in=list(assigned)))
    related = (
        "receipt",
        "received_by",
        "contract__customer",
        "assignment__contract__account",
        "assignment__connection",
    )
    return list(rows.select_related(*related).order_by("-pk")[:MOST_PAYMENTS])


def _refunded_suspense_fen(contracts: list[ContractRow]) -> int:
    """Returns the sum of the refunded payments in suspense that came for these contracts."""
    waiting = Payment.objects.filter(
        contract__in=[row.contract.pk for row in contracts], in_suspense=True, assignment=None
    )
    return int(refunded(waiting).aggregate(total=Sum("amount_fen", default=0))["total"])


def _late_fee_fen(contracts: list[ContractRow], on: date) -> int:
    """Returns the late fee that the present owner owes on a day."""
    if not contracts:
        return 0
    return sum(fee.payable_fen for fee in late_fees(contracts[0].contract, on).fees)


def _timeline(
    account: Account, contracts: list[ContractRow], payments: list[Payment]
) -> list[JournalEntry]:
    ids = [row.contract.pk for row in contracts]
    about: list[tuple[Any, Any]] = [
        (Account, [account.pk]),
        (SupplyContract, ids),
        (Adjustment, list(account.adjustments.values_list("pk", flat=True))),
        (Customer, [row.contract.customer_id for row in contracts]),
        (Payment, [payment.pk for payment in payments]),
        (Attempt, [payment.attempt_id for payment in payments if payment.attempt_id]),
    ]
    types = ContentType.objects.get_for_models(*(model for model, _ in about))
    wanted = Q()
    for model, pks in about:
        wanted |= Q(record_type=types[model], record_id__in=pks)
    rows = JournalEntry.objects.filter(wanted).select_related("by").order_by("-pk")
    return list(rows[:MOST_ENTRIES])
