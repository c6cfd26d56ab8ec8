"""A paper as the answer to a button."""

from django.http import HttpResponse
from django.utils import timezone

from billing.models import Bill, Receipt
from billing.operations.printing import print_bill, print_receipt
from office.actors import Actor
from office.pdf import render_pdf


def printed_receipt(receipt: Receipt, by: Actor) -> HttpResponse:
    """The receipt as PDF; each call counts as a print."""
    paper = print_receipt(receipt, by=by, at=timezone.now())
    return _pdf(render_pdf("billing/receipt.html", {"paper": paper}), f"receipt-{paper.number}")


def printed_bill(bill: Bill, by: Actor) -> HttpResponse:
    """The bill as a payment notice."""
    paper = print_bill(bill, by=by, at=timezone.now())
    return _pdf(render_pdf("billing/bill.html", {"paper": paper}), f"bill-{paper.number}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    # A browser's PDF reader is no page of ours; the policy of pages would stop it.
    answer._csp_exempt = True  # type: ignore[attr-defined]  # noqa: SLF001
    answer["Cache-Control"] = "private, no-store"
    return answer
