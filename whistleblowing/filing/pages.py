"""The reporter's first pages: what is protected, the form, and the receipt that is shown once."""

import secrets
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from office.outcomes import carry_out
from whistleblowing.files.upload import SealedUpload, seal_uploads
from whistleblowing.filing.forms import ReportForm
from whistleblowing.filing.operations import ANYBODY, file_report
from whistleblowing.keys.receipts import in_groups
from whistleblowing.languages import in_language

_TEMPLATE = "whistleblowing/reporting"


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Leads to the Chinese page, from which the English one is one step away."""
    return redirect("report_front", language="zh")


@require_safe
@in_language
def report_front(request: HttpRequest, language: str) -> HttpResponse:
    """Says what is protected and what is not, and leads to the form and to the receipt's page."""
    return render(request, f"{_TEMPLATE}/front.html", {"language": language})


# No cookie identifies a sender here, so that nothing could be done in somebody's name; and the
# check would read the form before the files are sealed.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def report_new(request: HttpRequest, language: str) -> HttpResponse:
    """Shows the form; takes it, and answers with the receipt."""
    if request.method != "POST":
        form = ReportForm(initial={"form_key": secrets.token_urlsafe(32)})
        return render(request, f"{_TEMPLATE}/new.html", {"form": form, "language": language})
    seal_uploads(request)
    form = ReportForm(request.POST)
    uploads = cast("list[SealedUpload]", request.FILES.getlist("files"))
    outcome = carry_out(
        form,
        lambda values: file_report(
            form.facts(),
            uploads,
            form_key=values["form_key"],
            identity=form.identity(),
            by=ANYBODY,
            at=timezone.now(),
        ),
    )
    if outcome.result is None:
        shown = {"form": form, "refusal": outcome.refusal, "language": language}
        return render(request, f"{_TEMPLATE}/new.html", shown, status=outcome.status)
    received = {
        "receipt": in_groups(outcome.result),
        "one_time": bool(form.cleaned_data["channel"]),
        "language": language,
    }
    return render(request, f"{_TEMPLATE}/received.html", received)
