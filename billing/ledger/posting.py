"""Postings to the day book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from billing.chart import LedgerAccount
from billing.ledger.open_bills import OpenBill, open_bills_by_contract
from billing.models import Bill, Payment, SuspenseAssignment, Transfer, TransferKind
from billing.models.transfer import SourceDocument, source_type_of
from billing.rules.allocation import Receivable, Share, allocate
from customers.models import SupplyContract
from office.models import Company


@dataclass(frozen=True)
class Advance:
    """Money in fen that shall settle the open bills of a contract, and the document it comes from.

    The source is a payment, or the assignment that found out whose a payment in suspense was.
    """

    source: Payment | SuspenseAssignment
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
    bill: Bill | None = None,
) -> Transfer:
    """A step of the operation that made `source`: moves `amount_fen` in the day book."""
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
    bill: Bill | None = None,
) -> Transfer:
    """Builds the row of `post_transfer` without saving it, for steps that save many at once."""
    return Transfer(
        kind=kind,
        debit=debit,
        credit=credit,
        amount_fen=amount_fen,
        company=company,
        business_date=business_date,
        posted_at=at,
        contract=contract,
        season_id=bill.season_id if bill else None,
        bill=bill,
        source_type=source_type_of(source),
        source_id=source.pk,
    )


def allocate_advance(
    source: Payment | SuspenseAssignment,
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
    """A step: settles open bills out of several advances, each of another contract.

    The caller has the locks of the accounts. Returns what `allocate_advance` returns for each.
    """
    contract_ids = [advance.contract.pk for advance in advances]
    if len(set(contract_ids)) != len(contract_ids):
        raise ValueError("each advance of a set belongs to another contract")
    open_bills = open_bills_by_contract(contract_ids)
    settled = [_spread(advance, open_bills[advance.contract.pk]) for advance in advances]
    Transfer.objects.bulk_create(
        transfer(
            TransferKind.ALLOCATION,
            debit=LedgerAccount.ADVANCE,
            credit=LedgerAccount.RECEIVABLE,
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
    return settled


def _spread(advance: Advance, open_bills: list[OpenBill]) -> list[tuple[OpenBill, Share[int]]]:
    """Returns the open bills that receive money of the advance, each with its share."""
    items = {item.bill.pk: item for item in open_bills}
    allocation = allocate(
        advance.amount_fen,
        [Receivable(pk, item.bill.season.label, item.open_fen) for pk, item in items.items()],
    )
    return [(items[share.key], share) for share in allocation.paid]
