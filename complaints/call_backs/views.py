"""The page behind the link of a text message: three answers, once, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from complaints.call_backs.forms import OpinionForm
from complaints.call_backs.operations import answer_call_back as answer_by_link
from complaints.call_backs.owed import call_back_of_link
from complaints.models import Satisfaction
from office.actors import Actor
from office.api.throttles import PerAddress
from office.locks.lock_waits import BUSY
from office.outcomes import carry_out
from office.public_pages import not_stored, too_busy

_PAGE = "complaints/call_backs/answer_call_back.html"


class OpinionsPerAddress(PerAddress):
    scope = "opinion"


@require_http_methods(["GET", "HEAD", "POST"])
def answer_call_back(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the question and records the answer.

    Used, expired and invented links get one and the same page, so that nobody can try out links.
    """
    if busy := too_busy(request, OpinionsPerAddress(), _PAGE):
        return busy
    at = timezone.now()
    call_back = call_back_of_link(token, at)
    if call_back is None:
        return _link_is_over(request)
    form = OpinionForm(request.POST if request.method == "POST" else None)
    by = Actor.customer("短信链接", origin=str(request.META.get("REMOTE_ADDR", "")))
    outcome = carry_out(form, lambda _values: answer_by_link(token, form.opinion(), by=by, at=at))
    if outcome.result is not None:
        bad = form.opinion().satisfaction is Satisfaction.DISSATISFIED
        return redirect("call_back_again" if bad else "call_back_thanks")
    refusal = outcome.refusal
    if refusal is not None and refusal.code != BUSY:
        return _link_is_over(request)
    shown = {"form": form, "ticket": call_back.ticket, "refusal": refusal}
    status = outcome.status if request.method == "POST" else 200
    return not_stored(render(request, _PAGE, shown, status=status))


def _link_is_over(request: HttpRequest) -> HttpResponse:
    return not_stored(render(request, _PAGE, {"over": True}, status=404))


@require_safe
def thanks(request: HttpRequest, *, again: bool = False) -> HttpResponse:
    return render(request, _PAGE, {"thanks": True, "again": again})
