"""The public page that confirms a receipt by the code printed on it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from billing.models import Receipt
from billing.payments.find_receipt import find_receipt
from office.papers.verification import confirm_paper
from office.throttles import PerAddress


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
    return {"receipt": receipt, "payer": mask_name(receipt.paper["payer"])}


def mask_name(name: str) -> str:
    """Returns "张*三" for 张小三, "王*" for 王芳, "太原****公司" for a company."""
    if len(name) <= 1:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    if len(name) <= 4:
        return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"
    return f"{name[:2]}****{name[-2:]}"
