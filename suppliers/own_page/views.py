"""The page behind a supplier's link: papers and the pledge, once, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from office.actors import Actor
from office.api.throttles import PerAddress
from office.calendar import business_date
from office.outcomes import carry_out
from office.public_pages import not_stored, too_busy
from suppliers.models import SupplierPaper
from suppliers.own_page.forms import RenewalForm
from suppliers.own_page.links import supplier_of_link
from suppliers.own_page.operations import renew_papers as hand_in_by_link
from suppliers.states import PaperState

_PAGE = "suppliers/own_page/renew_papers.html"


class SuppliersPerAddress(PerAddress):
    scope = "supplier"


@require_http_methods(["GET", "HEAD", "POST"])
def renew_papers(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the supplier's papers and takes in new ones.

    Used, expired and invented links get one and the same page, so that nobody can try out links.
    """
    if busy := too_busy(request, SuppliersPerAddress(), _PAGE):
        return busy
    at = timezone.now()
    supplier = supplier_of_link(token, at)
    if supplier is None:
        return not_stored(render(request, _PAGE, {"over": True}, status=404))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RenewalForm(*sent)
    by = Actor.customer("供应商链接", origin=str(request.META.get("REMOTE_ADDR", "")))
    outcome = carry_out(
        form,
        lambda values: hand_in_by_link(
            token, form.papers(values), pledged_by=form.signer(values), by=by, at=at
        ),
    )
    if outcome.result is not None:
        return redirect("papers_renewed")
    shown = {
        "form": form,
        "supplier": supplier,
        "papers": SupplierPaper.objects.filter(
            supplier=supplier, state__in=[PaperState.HANDED_IN, PaperState.VERIFIED]
        ),
        "today": business_date(at),
        "refusal": outcome.refusal,
    }
    status = outcome.status if request.method == "POST" else 200
    return not_stored(render(request, _PAGE, shown, status=status))


@require_safe
def papers_renewed(request: HttpRequest) -> HttpResponse:
    return render(request, _PAGE, {"thanks": True})
