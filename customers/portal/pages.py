"""The customer's own contracts on `/my/`: the list, and each as PDF."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.contract_papers.paper import TEMPLATE
from customers.contract_papers.papers import as_it_stands
from customers.models import ContractPaper, CustomerToken
from customers.sign_in.page_sign_in import sign_in_first
from office.api.throttles import PerAddress
from office.forms.typed_numbers import read_page
from office.models import PaperRevocation
from office.pdf import render_pdf
from office.public_pages import too_busy
from office.screens.pdf_answer import pdf_answer

PAGE = 50
LIST = "customers/portal/my_contracts.html"


class ContractPdfsPerAddress(PerAddress):
    """The limit of contracts that one address has laid out, since each costs a tenth of a
    second.
    """

    scope = "verify"


@require_safe
@sign_in_first
def contracts(request: HttpRequest, token: CustomerToken) -> HttpResponse:
    """Lists the contracts and agreements of the customer, the latest first."""
    page = read_page(request.GET.get("page"))
    start = (page - 1) * PAGE
    # One more than the page shows tells whether there is a next page.
    papers = list(_own_papers(token)[start : start + PAGE + 1])
    context = {"papers": papers[:PAGE], "next_page": page + 1 if len(papers) > PAGE else None}
    return render(request, LIST, context)


@require_safe
@sign_in_first
def contract(request: HttpRequest, token: CustomerToken, number: str) -> HttpResponse:
    """Shows one contract as PDF; one of somebody else is answered like one that does not exist."""
    if busy := too_busy(request, ContractPdfsPerAddress(), LIST):
        return busy
    paper = _own_papers(token).filter(number=number).first()
    if paper is None:
        raise Http404
    content = render_pdf(TEMPLATE, {"paper": as_it_stands(paper)})
    return pdf_answer(content, f"contract-{paper.number}")


def _own_papers(token: CustomerToken) -> QuerySet[ContractPaper]:
    """Returns the papers on which the customer is the party, without revoked ones.

    A payer sees none: the contract is between the company and the user of heat.
    """
    revoked = PaperRevocation.objects.filter(
        record_type=ContentType.objects.get_for_model(ContractPaper)
    )
    rows = ContractPaper.objects.filter(supply_contract__customer__in=token.customer_ids)
    rows = rows.exclude(pk__in=revoked.values("record_id")).order_by("-pk")
    return rows.select_related("template", "signature", "supply_contract__account__premise")
