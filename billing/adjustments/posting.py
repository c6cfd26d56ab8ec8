"""An approved adjustment becomes a bill: numbered, posted, and settled at once where it can be."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from billing.chart import LedgerAccount
from billing.ledger.posting import post_transfer, settle_with_credit, spend_advance
from billing.models import Adjustment, AdjustmentLine, Bill, BillKind, TransferKind
from billing.seasons.bill_numbers import bill_number_prefix, draw_bill_numbers
from office.calendar import business_date


def issue_as_bill(adjustment: Adjustment, lines: Sequence[AdjustmentLine], *, at: datetime) -> Bill:
    """A step of `issue_adjustment`: writes the bill, its postings and what it settles.

    The caller holds the lock of the account.
    """
    bill = _write_bill(adjustment, at)
    _post(bill, lines, at)
    if bill.amount_fen < 0:
        settle_with_credit(bill, business_date=business_date(at), at=at)
    spend_advance(bill, business_date=business_date(at), at=at)
    return bill


def _write_bill(adjustment: Adjustment, at: datetime) -> Bill:
    """Writes the row of the bill, in the name and at the address of the bill that it corrects."""
    corrected = adjustment.corrects
    number = draw_bill_numbers(adjustment.season, 1)
    return Bill.objects.create(
        company=adjustment.company,
        season=adjustment.season,
        number=f"{bill_number_prefix(adjustment.season)}{number:08d}",
        kind=BillKind(adjustment.kind),
        account_id=adjustment.account_id,
        contract=adjustment.contract,
        customer_id=corrected.customer_id,
        adjustment=adjustment,
        amount_fen=adjustment.amount_fen,
        tax_fen=adjustment.tax_fen,
        due_on=adjustment.due_on,
        issued_at=at,
        account_number=corrected.account_number,
        customer_name=corrected.customer_name,
        address=corrected.address,
    )


def _post(bill: Bill, lines: Sequence[AdjustmentLine], at: datetime) -> None:
    """Posts the bill to the season's book, a posting for each account with a share in it.

    Shares below zero are posted the other way round: the ledger knows no negative amounts.
    """
    is_opening = any(line.corrects_id is None for line in lines)
    shares: Counter[LedgerAccount] = Counter()
    for line in lines:
        income = LedgerAccount.OPENING if is_opening else _income(line.vat_rate)
        shares[income] += line.amount_fen - line.tax_fen
        shares[LedgerAccount.OUTPUT_VAT] += line.tax_fen
    for account, amount_fen in shares.items():
        if not amount_fen:
            continue
        sides = (LedgerAccount.RECEIVABLE, account)
        debit, credit = sides if amount_fen > 0 else sides[::-1]
        post_transfer(
            TransferKind.BILL,
            debit=debit,
            credit=credit,
            amount_fen=abs(amount_fen),
            source=bill,
            company=bill.company,
            business_date=business_date(at),
            at=at,
            contract=bill.contract,
            bill=bill,
        )


def _income(vat_rate: Decimal) -> LedgerAccount:
    """Returns the revenue account: heat without VAT is accounted for apart."""
    return LedgerAccount.REVENUE_TAXED if vat_rate else LedgerAccount.REVENUE_EXEMPT
