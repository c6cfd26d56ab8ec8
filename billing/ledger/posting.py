"""Posting to the ledger: the only file that writes transfers one at a time."""

from datetime import date, datetime

from billing.chart import LedgerAccount
from billing.ledger.open_bills import OpenBill, open_bills
from billing.models import Bill, Payment, Transfer, TransferKind
from billing.rules.allocation import Receivable, Share, allocate
from customers.models import SupplyContract
from office.models import Company


def post_transfer(
    kind: TransferKind,
    *,
    debit: LedgerAccount,
    credit: LedgerAccount,
    amount_fen: int,
    company: Company,
    business_date: date,
    at: datetime,
    contract: SupplyContract | None = None,
    bill: Bill | None = None,
    payment: Payment | None = None,
) -> Transfer:
    """Move `amount_fen` from one ledger account to another in the day book."""
    return Transfer.objects.create(
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
        payment=payment,
    )


def allocate_advance(
    payment: Payment,
    amount_fen: int,
    *,
    contract: SupplyContract | None = None,
    business_date: date,
    at: datetime,
) -> list[tuple[OpenBill, Share[int]]]:
    """Settle the contract's open bills out of its advance, oldest season first.

    The contract is the payment's own but for money that turned out to be somebody else's.
    Call under the account lock. Returns the bills that received money, in that order.
    """
    contract = contract or payment.contract
    waiting = {item.bill.pk: item for item in open_bills(contract)}
    spread = allocate(
        amount_fen,
        [Receivable(pk, item.bill.season.label, item.open_fen) for pk, item in waiting.items()],
    )
    for share in spread.paid:
        post_transfer(
            TransferKind.ALLOCATION,
            debit=LedgerAccount.ADVANCE,
            credit=LedgerAccount.RECEIVABLE,
            amount_fen=share.paid_fen,
            company=payment.company,
            business_date=business_date,
            at=at,
            contract=contract,
            bill=waiting[share.key].bill,
            payment=payment,
        )
    return [(waiting[share.key], share) for share in spread.paid]
