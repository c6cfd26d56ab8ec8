"""The page on which guardians decide who may see a reporter's identity."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from office.outcomes import Outcome, outcome_of
from office.refusals import NotFound
from whistleblowing.desk.access import reader_page
from whistleblowing.identity.operations import decide_identity, withdraw_identity
from whistleblowing.identity.queries import asked_of
from whistleblowing.keys.report_keys import Reader


@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def audit_identity(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lists what the guardian is asked, with its purpose, and takes a decision or a withdrawal."""
    if reader.officer is None or not reader.officer.guards_identity:
        raise Http404
    outcome: Outcome[object] = Outcome()
    if request.method == "POST":
        outcome = outcome_of(_action(request, reader))
        if outcome.refusal is None:
            return redirect("audit_identity")
    shown = {"asked": asked_of(reader), "refusal": outcome.refusal, "reader": reader}
    status = outcome.status if outcome.refusal else 200
    return render(request, "whistleblowing/desk/identity.html", shown, status=status)


def _action(request: HttpRequest, reader: Reader) -> Callable[[], object]:
    at, wanted = timezone.now(), request.POST.get("record", "")
    name, reason = request.POST.get("action", ""), request.POST.get("text", "")
    decision = next((row for row, _ in asked_of(reader) if str(row.pk) == wanted), None)
    if decision is None:
        return _nothing_there
    if name == "withdraw_identity":
        return lambda: withdraw_identity(decision, reason, by=reader, at=at)
    approved = name == "approve_identity"
    return lambda: decide_identity(decision, reason, approved=approved, by=reader, at=at)


def _nothing_there() -> object:
    raise NotFound()
