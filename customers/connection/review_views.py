"""The pages behind the link of an outside expert: the design with its drawings, and one opinion."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from customers.connection.designs import drawings_of
from customers.connection.review_forms import OutsideOpinionForm
from customers.connection.reviews import give_outside_opinion as sign_by_link
from customers.connection.reviews import reviewer_of_link
from customers.models import DesignReviewer
from office.actors import Actor
from office.api.throttles import PerAddress
from office.documents.admin import handed_out
from office.documents.operations import open_document
from office.forms.typed_numbers import read_number
from office.locks.lock_waits import BUSY
from office.models import AccessOutcome
from office.outcomes import carry_out
from office.public_pages import not_stored, too_busy
from office.refusals import Invalid

_PAGE = "customers/connection/give_outside_opinion.html"


class OpinionsPerAddress(PerAddress):
    scope = "review"


@require_http_methods(["GET", "HEAD", "POST"])
def give_outside_opinion(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the design and takes one signed opinion.

    Used, late and invented links get one and the same page, so that nobody can try out links.
    """
    if busy := too_busy(request, OpinionsPerAddress(), _PAGE):
        return busy
    at = timezone.now()
    reviewer = reviewer_of_link(token, at)
    if reviewer is None:
        return _link_is_over(request)
    posted = request.method == "POST"
    form = OutsideOpinionForm(request.POST if posted else None)
    outcome = carry_out(
        form,
        lambda values: sign_by_link(
            token,
            OutsideOpinionForm.facts(values),
            signature=values["signature"],
            phone_tail=values["phone_tail"],
            by=_expert(request, reviewer),
            at=at,
        ),
    )
    if outcome.result is not None:
        return redirect("opinion_received")
    refusal = outcome.refusal
    if refusal is not None and refusal.code != BUSY and not isinstance(refusal, Invalid):
        return _link_is_over(request)
    shown = {
        "form": form,
        "reviewer": reviewer,
        "design": reviewer.review.design,
        "connection": reviewer.review.connection,
        "drawings": drawings_of(reviewer.review.design),
        "token": token,
        "refusal": refusal,
    }
    return not_stored(render(request, _PAGE, shown, status=outcome.status if posted else 200))


@require_safe
def show_drawing(request: HttpRequest, token: str) -> HttpResponseBase:
    """Opens a drawing of the design for the expert whose link this is; the access is recorded."""
    at = timezone.now()
    reviewer = reviewer_of_link(token, at)
    if reviewer is None:
        raise Http404
    pk = read_number(request.GET.get("pk"))
    drawing = get_object_or_404(drawings_of(reviewer.review.design), pk=pk)
    opened = open_document(drawing, by=_expert(request, reviewer), at=at)
    if opened.access.outcome != AccessOutcome.OPENED:
        raise Http404
    return handed_out(drawing, opened.content)


@require_safe
def opinion_received(request: HttpRequest) -> HttpResponse:
    """Says that the opinion is signed."""
    return render(request, _PAGE, {"thanks": True})


def _expert(request: HttpRequest, reviewer: DesignReviewer) -> Actor:
    return Actor.customer(reviewer.name, origin=str(request.META.get("REMOTE_ADDR", "")))


def _link_is_over(request: HttpRequest) -> HttpResponse:
    return not_stored(render(request, _PAGE, {"over": True}, status=404))
