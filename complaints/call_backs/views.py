"""The page behind the link of a text message: three answers, once, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from complaints.call_backs.forms import OpinionForm
from complaints.call_backs.operations import Opinion
from complaints.call_backs.operations import answer_call_back as answer_by_link
from complaints.call_backs.owed import call_back_of_link
from complaints.models import Satisfaction
from office.actors import Actor
from office.public_pages import not_stored, too_busy
from office.refusals import Refused
from office.throttles import PerAddress

_PAGE = "complaints/call_backs/answer_call_back.html"


class OpinionsPerAddress(PerAddress):
    scope = "opinion"


@require_http_methods(["GET", "HEAD", "POST"])
def answer_call_back(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and take the answer; a link that is used, expired or made up tells nothing."""
    if busy := too_busy(request, OpinionsPerAddress(), _PAGE):
        return busy
    at = timezone.now()
    asked = call_back_of_link(token, at)
    if asked is None:
        return not_stored(render(request, _PAGE, {"over": True}, status=404))
    form = OpinionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = Opinion(Satisfaction(form.cleaned_data["satisfaction"]), form.cleaned_data["remark"])
        by = Actor.customer("短信链接", origin=str(request.META.get("REMOTE_ADDR", "")))
        try:
            answer_by_link(token, said, by=by, at=at)
        except Refused:
            return not_stored(render(request, _PAGE, {"over": True}, status=404))
        bad = said.satisfaction is Satisfaction.DISSATISFIED
        return redirect("call_back_again" if bad else "call_back_thanks")
    status = 422 if request.method == "POST" else 200
    shown = {"form": form, "ticket": asked.ticket}
    return not_stored(render(request, _PAGE, shown, status=status))


@require_safe
def thanks(request: HttpRequest, *, again: bool = False) -> HttpResponse:
    return render(request, _PAGE, {"thanks": True, "again": again})
