"""The printing of papers: the first print is the original, each later one a numbered copy."""

from datetime import datetime

from django.db import transaction

from billing.bills.filled_papers import bill_paper
from billing.bills.papers import BillPaper, ReceiptPaper, receipt_paper
from billing.models import Bill, Receipt
from office import journal
from office.actors import Actor
from office.papers.copies import count_print
from office.papers.revocation import revocation_of
from office.permissions import authorise


@transaction.atomic
def print_receipt(receipt: Receipt, *, by: Actor, at: datetime) -> ReceiptPaper:
    """Returns the receipt's paper, marked 副本 n from the second print on, and 作废 if revoked."""
    authorise(by, "billing.print_receipt", receipt.company)
    copy = count_print(receipt, "print_receipt", number=receipt.number, by=by, at=at)
    revoked = revocation_of(receipt) is not None
    return receipt_paper(receipt.paper, copy=copy, revoked=revoked)


@transaction.atomic
def print_bill(bill: Bill, *, by: Actor, at: datetime) -> BillPaper:
    """Returns the bill as a payment notice with the amounts still to pay today."""
    authorise(by, "billing.print_bill", bill.company)
    journal.record("print_bill", bill, by=by, at=at, number=bill.number)
    return bill_paper(bill, at=at)
