"""The pages of who is an officer and what happened with their keys."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from office.outcomes import Outcome, carry_out, outcome_of
from office.refusals import NotFound
from whistleblowing.desk.access import reader_page
from whistleblowing.desk.forms import AppointForm
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Destruction, KeyRecovery, Officer, SystemEvent
from whistleblowing.officers.operations import appoint_officer, dismiss_officer
from whistleblowing.officers.recovery import approve_recovery

_TEMPLATE = "whistleblowing/desk"
_SHOWN_EVENTS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def audit_officers(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lists officers; appoints and dismisses, and takes an escrow holder's consent."""
    appointing = request.method == "POST" and request.POST.get("action") == "appoint_officer"
    form = AppointForm(request.POST if appointing else None)
    outcome: Outcome[object] = Outcome()
    if appointing:
        outcome = carry_out(
            form,
            lambda values: appoint_officer(
                values["person"], form.duties(), by=reader, at=timezone.now()
            ),
        )
    elif request.method == "POST":
        outcome = outcome_of(_action(request, reader))
    if request.method == "POST" and outcome.refusal is None and (form.is_valid() or not appointing):
        return redirect("audit_officers")
    shown = {
        "form": form,
        "refusal": outcome.refusal,
        "officers": Officer.objects.select_related("user").order_by("appointed_at"),
        "recoveries": KeyRecovery.objects.filter(
            done_at=None, officer__escrow_shares__holder=reader.officer
        )
        .exclude(approvals__holder=reader.officer)
        .select_related("officer__user"),
        "reader": reader,
    }
    status = outcome.status if request.method == "POST" else 200
    return render(request, f"{_TEMPLATE}/officers.html", shown, status=status)


@require_safe
@reader_page
def audit_events(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lists the newest events of the outer log, and that reports were destroyed."""
    events = SystemEvent.objects.select_related("officer__user", "concerned__user")
    destructions = Destruction.objects.select_related("rule")
    shown = {
        "events": events[:_SHOWN_EVENTS],
        "destructions": destructions[:_SHOWN_EVENTS],
        "reader": reader,
    }
    return render(request, f"{_TEMPLATE}/events.html", shown)


def _action(request: HttpRequest, reader: Reader) -> Callable[[], object]:
    at, wanted = timezone.now(), request.POST.get("record", "")
    if request.POST.get("action") == "approve_recovery":
        recovery = next(
            (row for row in KeyRecovery.objects.filter(done_at=None) if str(row.pk) == wanted), None
        )
        if recovery is not None:
            return lambda: approve_recovery(recovery, by=reader, at=at)
    officer = next((row for row in Officer.objects.all() if str(row.pk) == wanted), None)
    if officer is None or request.POST.get("action") != "dismiss_officer":
        return _nothing_there
    return lambda: dismiss_officer(officer, by=reader, at=at)


def _nothing_there() -> object:
    raise NotFound()
