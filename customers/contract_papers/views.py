"""The public page that confirms a contract paper by the code printed on it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from customers.models import ContractPaper, ContractSignature
from office.api.throttles import PerAddress
from office.identity import mask_name
from office.papers.verification import confirm_paper


class ContractChecksPerAddress(PerAddress):
    """The limit of checks per network address, so that nobody can guess codes."""

    scope = "verify"


@require_safe
def verify_contract(request: HttpRequest, code: str) -> HttpResponse:
    """Shows the contract with this code, its party masked; 404 for an unknown code."""
    return confirm_paper(
        request,
        "customers/contract_papers/verify_contract.html",
        code=code,
        find=_find_paper,
        facts=_public_facts,
        throttle=ContractChecksPerAddress(),
    )


def _find_paper(code: str) -> ContractPaper | None:
    rows = ContractPaper.objects.select_related("company", "template")
    return rows.filter(verification_code=code.upper()).first()


def _public_facts(paper: ContractPaper) -> dict[str, object]:
    return {
        "paper": paper,
        "party": mask_name(paper.party),
        "signature": ContractSignature.objects.filter(paper=paper).first(),
    }
