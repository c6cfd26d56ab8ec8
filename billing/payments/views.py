"""The public page that confirms a receipt by the code printed on it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from billing.change_states import RefundToSourceState
from billing.models import Receipt
from billing.payments.find_receipt import find_receipt
from office.api.throttles import PerAddress
from office.identity import mask_name
from office.papers.verification import confirm_paper


class ReceiptChecksPerAddress(PerAddress):
    """The limit of receipt checks per network address, so that nobody can guess codes."""

    scope = "verify"


@require_safe
def verify_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Shows the receipt with this code, its payer masked; answers 404 for an unknown code."""
    return confirm_paper(
        request,
        "billing/payments/verify_receipt.html",
        code=code,
        find=find_receipt,
        facts=_public_facts,
        throttle=ReceiptChecksPerAddress(),
    )


def _public_facts(receipt: Receipt) -> dict[str, object]:
    refunds = receipt.payment.refunds_to_source.filter(state=RefundToSourceState.PAID)
    refunded_fen = sum(refunds.values_list("amount_fen", flat=True))
    payer = mask_name(receipt.paper["payer"])
    return {"receipt": receipt, "payer": payer, "refunded_fen": refunded_fen}
