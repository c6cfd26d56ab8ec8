"""The page of the protection officer: who is watched, what changed, how it is judged."""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from office.calendar import business_date
from office.forms.day_field import DayField
from office.outcomes import Outcome, outcome_of
from office.refusals import Invalid, NotFound
from whistleblowing.desk.access import reader_page
from whistleblowing.desk.case_values import colleague_of
from whistleblowing.keys.report_keys import Reader
from whistleblowing.protection.operations import (
    EnteredChange,
    judge_retaliation,
    record_change,
    share_watch,
)
from whistleblowing.protection.queries import WatchedPerson, watched_people
from whistleblowing.words import WatchedChange


@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def audit_protection(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lists the people whom the officer watches; takes what the officer heard and how it is judged.
    It is not there for others.
    """
    if reader.officer is None or not reader.officer.protects_reporters:
        raise Http404
    people = watched_people(reader, business_date(timezone.now()))
    outcome: Outcome[object] = Outcome()
    if request.method == "POST":
        outcome = outcome_of(_action(request.POST, people, reader))
        if outcome.refusal is None:
            return redirect("audit_protection")
    shown = {
        "people": people,
        "kinds": WatchedChange.choices,
        "posted": request.POST,
        "refusal": outcome.refusal,
        "reader": reader,
    }
    status = outcome.status if outcome.refusal else 200
    return render(request, "whistleblowing/desk/protection.html", shown, status=status)


def _action(values: QueryDict, people: list[WatchedPerson], reader: Reader) -> Callable[[], object]:
    """Returns what a form of the page asks for, not yet carried out."""
    wanted, text, at = values.get("record", ""), values.get("text", ""), timezone.now()
    watch = next((each.watch for each in people if str(each.watch.pk) == wanted), None)
    if watch is None:
        return _nothing_there
    if values.get("action") == "record_change":
        return lambda: record_change(
            watch, EnteredChange(values.get("kind", ""), _day(values), text), by=reader, at=at
        )
    if values.get("action") == "share_watch":
        return lambda: share_watch(watch, colleague_of(values), by=reader, at=at)
    typed = values.get("seen", "")
    seen = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    return lambda: judge_retaliation(watch, text, seen, by=reader, at=at)


def _day(values: QueryDict) -> date:
    try:
        day: date = DayField(label=_("日期")).clean(values.get("day", ""))
    except ValidationError as error:
        raise Invalid("day_wrong", " ".join(error.messages)) from None
    return day


def _nothing_there() -> object:
    raise NotFound()
