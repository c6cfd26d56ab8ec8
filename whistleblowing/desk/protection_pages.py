"""The page of the protection officer: who is watched, what changed, how it is judged."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from office.calendar import business_date
from office.outcomes import Outcome, outcome_of
from office.refusals import NotFound
from whistleblowing.desk.access import reader_page
from whistleblowing.keys.report_keys import Reader
from whistleblowing.protection.operations import judge_retaliation
from whistleblowing.protection.queries import watched_people


@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def audit_protection(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lists the people whom the officer watches and takes a judgement; not there for others."""
    if reader.officer is None or not reader.officer.protects_reporters:
        raise Http404
    now = timezone.now()
    people = watched_people(reader, business_date(now))
    outcome: Outcome[object] = Outcome()
    if request.method == "POST":
        wanted, text = request.POST.get("record", ""), request.POST.get("text", "")
        watch = next((each.watch for each in people if str(each.watch.pk) == wanted), None)
        if watch is None:
            outcome = outcome_of(_nothing_there)
        else:
            typed = request.POST.get("seen", "")
            seen = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
            outcome = outcome_of(lambda: judge_retaliation(watch, text, seen, by=reader, at=now))
        if outcome.refusal is None:
            return redirect("audit_protection")
    shown = {"people": people, "refusal": outcome.refusal, "reader": reader}
    status = outcome.status if outcome.refusal else 200
    return render(request, "whistleblowing/desk/protection.html", shown, status=status)


def _nothing_there() -> object:
    raise NotFound()
