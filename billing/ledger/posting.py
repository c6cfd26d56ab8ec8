"""Postings to the day book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.late_fees import (
    NO_LATE_FEES,
    in_order_of_spending,
    late_fees_by_contract,
)
from billing.ledger.open_bills import OpenBill, open_bills, open_bills_by_contract
from billing.models import Bill, Payment, SuspenseAssignment, Transfer, TransferKind
from billing.models.transfer import DAY_BOOK, SourceDocument, source_type_of
from billing.rules.allocation import Receivable, Share, allocate
from customers.models import Connection, SupplyContract
from office.models import Company


@dataclass(frozen=True)
class Advance:
    """Money in fen that shall settle the open bills of a contract, and the document it comes from.

    The source is a payment, the assignment that found out whose a payment in suspense was, or the
    adjustment whose issue spends it.
    """

    source: Payment | SuspenseAssignment | Bill
    amount_fen: int
    contract: SupplyContract
    business_date: date
    at: datetime


def post_transfer(
    kind: TransferKind,
    *,
    debit: LedgerAccount,
    credit: LedgerAccount,
    amount_fen: int,
    source: SourceDocument,
    company: Company,
    business_date: date,
    at: datetime,
    contract: SupplyContract | None = None,
    connection: Connection | None = None,
    bill: Bill | None = None,
) -> Transfer:
    """A step of the operation that made `source`: moves `amount_fen`.

    Postings of bills go to the book of the season, all others to the day book.
    """
    row = transfer(
        kind,
        debit=debit,
        credit=credit,
        amount_fen=amount_fen,
        source=source,
        company=company,
        business_date=business_date,
        at=at,
        contract=contract,
        connection=connection,
        bill=bill,
    )
    # The table only grows: with `force_insert` Django never tries an UPDATE.
    row.save(force_insert=True)
    return row


def transfer(
    kind: TransferKind,
    *,
    debit: LedgerAccount,
    credit: LedgerAccount,
    amount_fen: int,
    source: SourceDocument,
    company: Company,
    business_date: date,
    at: datetime,
    contract: SupplyContract | None = None,
    connection: Connection | None = None,
    bill: Bill | None = None,
) -> Transfer:
    """Builds the row of `post_transfer` without saving it, for steps that save many at once."""
    return Transfer(
        book=bill.season_id if bill and kind is TransferKind.BILL else DAY_BOOK,
        kind=kind,
        debit=debit,
        credit=credit,
        amount_fen=amount_fen,
        company=company,
        business_date=business_date,
        posted_at=at,
        contract=contract,
        connection=connection,
        season_id=bill.season_id if bill else None,
        bill=bill,
        source_type=source_type_of(source),
        source_id=source.pk,
    )


def allocate_advance(
    source: Payment | SuspenseAssignment | Bill,
    amount_fen: int,
    *,
    contract: SupplyContract,
    business_date: date,
    at: datetime,
) -> list[tuple[OpenBill, Share[int]]]:
    """A step of the operation that brought the advance: settles the contract's open bills with it.

    The oldest season comes first. The caller holds the lock of the account. Returns the bills that
    received money, in that order.
    """
    advance = Advance(source, amount_fen, contract, business_date, at)
    return allocate_advances([advance])[0]


def allocate_advances(advances: Sequence[Advance]) -> list[list[tuple[OpenBill, Share[int]]]]:
    """A step: settles open bills and payable late fees out of several advances, each of another
    contract.

    The caller has the locks of the accounts. Returns what `allocate_advance` returns for each.
    """
    contract_ids = [advance.contract.pk for advance in advances]
    if len(set(contract_ids)) != len(contract_ids):
        raise ValueError("each advance of a set belongs to another contract")
    by_contract = open_bills_by_contract(contract_ids)
    fees = late_fees_by_contract(
        {advance.contract.pk: advance.business_date for advance in advances}
    )
    settled = [
        _spread(
            advance,
            in_order_of_spending(
                by_contract[advance.contract.pk], fees.get(advance.contract.pk, NO_LATE_FEES)
            ),
        )
        for advance in advances
    ]
    _post_shares(advances, settled)
    return settled


def settle_with_credit(credit_note: Bill, *, business_date: date, at: datetime) -> None:
    """A step of issuing a credit note: turns it into an advance and settles the season's bills.

    They are settled in order of issue; what the credit leaves stays an advance, for
    `spend_advance`. The caller holds the lock of the account.
    """
    contract, amount_fen = credit_note.contract, -credit_note.amount_fen
    post_transfer(
        TransferKind.CREDIT,
        debit=LedgerAccount.RECEIVABLE,
        credit=LedgerAccount.ADVANCE,
        amount_fen=amount_fen,
        source=credit_note,
        company=credit_note.company,
        business_date=business_date,
        at=at,
        contract=contract,
        bill=credit_note,
    )
    waiting = [
        item for item in open_bills(contract) if item.bill.season_id == credit_note.season_id
    ]
    advance = Advance(credit_note, amount_fen, contract, business_date, at)
    _post_shares([advance], [_spread(advance, waiting)])


def spend_advance(bill: Bill, *, business_date: date, at: datetime) -> None:
    """A step of issuing an adjustment: settles open bills from the contract's whole advance.

    The oldest season comes first. The caller holds the lock of the account.
    """
    advance_fen = contract_balance(bill.contract).advance_fen
    if advance_fen > 0:
        allocate_advance(
            bill, advance_fen, contract=bill.contract, business_date=business_date, at=at
        )


def _post_shares(
    advances: Sequence[Advance], settled: Sequence[list[tuple[OpenBill, Share[int]]]]
) -> None:
    """Posts what each advance settles of each bill, in one statement."""
    Transfer.objects.bulk_create(
        transfer(
            TransferKind.LATE_FEE if item.is_late_fee else TransferKind.ALLOCATION,
            debit=LedgerAccount.ADVANCE,
            credit=_settled_account(item),
            amount_fen=share.paid_fen,
            company=advance.source.company,
            business_date=advance.business_date,
            at=advance.at,
            contract=advance.contract,
            bill=item.bill,
            source=advance.source,
        )
        for advance, shares in zip(advances, settled, strict=True)
        for item, share in shares
    )


def _settled_account(item: OpenBill) -> LedgerAccount:
    """Returns the account that a settlement credits: a late fee is income when it is paid."""
    return LedgerAccount.LATE_FEE_INCOME if item.is_late_fee else LedgerAccount.RECEIVABLE


def _spread(advance: Advance, owed: list[OpenBill]) -> list[tuple[OpenBill, Share[int]]]:
    """Returns the bills and fees that receive money of the advance, each with its share."""
    allocation = allocate(
        advance.amount_fen,
        [
            Receivable(place, item.bill.season.label, item.open_fen)
            for place, item in enumerate(owed)
        ],
    )
    return [(owed[share.key], share) for share in allocation.paid]
