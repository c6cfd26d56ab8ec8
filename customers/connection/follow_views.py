"""The public page on which an applicant asks where a connection stands."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from customers.connection.following import Progress, progress_of_applicant
from office.api.throttles import PerAddress
from office.outcomes import focus_first_fault
from office.public_pages import not_stored, too_busy

_PAGE = "customers/connection/follow_connection.html"


class FollowForm(forms.Form):
    """The number of the connection and the telephone of its application."""

    number = forms.CharField(label=_("入网编号"), max_length=24)
    phone = forms.CharField(label=_("申请时登记的电话"), max_length=20)


class FollowsPerAddress(PerAddress):
    """The limit of questions per network address."""

    scope = "follow"


class FollowsPerNumber(PerAddress):
    """The limit of questions about one connection, from whatever address they come."""

    scope = "follow-number"

    def get_ident(self, request: HttpRequest) -> str:
        return "number:" + request.POST.get("number", "")[:24].strip().upper()


@require_http_methods(["GET", "HEAD", "POST"])
def follow_connection(request: HttpRequest) -> HttpResponse:
    """Asks for number and telephone and shows the progress; every wrong pair gets one answer."""
    if request.method != "POST":
        return not_stored(render(request, _PAGE, {"form": FollowForm()}))
    if busy := too_busy(request, FollowsPerAddress(), _PAGE):
        return busy
    form = FollowForm(request.POST)
    progress: Progress | None = None
    if form.is_valid():
        if busy := too_busy(request, FollowsPerNumber(), _PAGE):
            return busy
        values = form.cleaned_data
        progress = progress_of_applicant(values["number"], values["phone"])
    else:
        focus_first_fault(form)
    context = {"form": form, "progress": progress, "asked": True}
    return not_stored(render(request, _PAGE, context, status=200 if progress else 404))
