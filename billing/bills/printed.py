"""The PDF responses of the print buttons."""

from django.http import HttpResponse
from django.utils import timezone

from billing.bills.printing import print_bill, print_receipt
from billing.models import Bill, Receipt
from office.actors import Actor
from office.pdf import render_pdf
from office.screens.pdf_answer import pdf_answer


def printed_receipt(receipt: Receipt, by: Actor) -> HttpResponse:
    """Returns the receipt as PDF; each call counts as a print."""
    paper = print_receipt(receipt, by=by, at=timezone.now())
    return pdf_answer(
        render_pdf("billing/payments/receipt.html", {"paper": paper}), f"receipt-{paper.number}"
    )


def printed_bill(bill: Bill, by: Actor) -> HttpResponse:
    """Returns the bill as a payment notice in PDF."""
    paper = print_bill(bill, by=by, at=timezone.now())
    return pdf_answer(
        render_pdf("billing/bills/bill.html", {"paper": paper}), f"bill-{paper.number}"
    )
