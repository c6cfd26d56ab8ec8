"""The auditors' desk: cases the reader holds keys to, one case whole, its files."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from office.calendar import business_date
from office.outcomes import Outcome, outcome_of
from office.refusals import NotFound
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.clocks.promises import owed_steps
from whistleblowing.desk.access import reader_page
from whistleblowing.desk.case_list import case_rows, facts_of
from whistleblowing.figures.counting import figures
from whistleblowing.files.answers import file_answer
from whistleblowing.files.reading import opened_files
from whistleblowing.files.upload import SealedUpload, seal_uploads
from whistleblowing.identity.operations import Identity, open_identity, request_identity
from whistleblowing.keys.report_keys import KeyRing, Reader, key_ring, readers_of
from whistleblowing.models import Notice, Officer, Report
from whistleblowing.process.moves import VERBS
from whistleblowing.process.operations import (
    Words,
    add_evidence,
    add_note,
    take_step,
    write_to_reporter,
)
from whistleblowing.states import REPORT
from whistleblowing.team.operations import grant_access, remove_reader

_TEMPLATE = "whistleblowing/desk"


@require_safe
@reader_page
def audit_desk(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lists the reader's cases and the notices to the reader."""
    notices = Notice.objects.filter(officer=reader.officer, owed_step__done_at=None)
    shown = {
        "rows": case_rows(reader),
        "notices": notices.select_related("owed_step").order_by("owed_step__due_at"),
        "now": timezone.now(),
        "reader": reader,
    }
    return render(request, f"{_TEMPLATE}/list.html", shown)


@csrf_exempt
def audit_case(request: HttpRequest, report_id: UUID) -> HttpResponseBase:
    """Seals files as they come in; the form is checked by `_audit_case` afterwards."""
    if request.method == "POST":
        seal_uploads(request)
    return _audit_case(request, report_id=report_id)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def _audit_case(request: HttpRequest, reader: Reader, report_id: UUID) -> HttpResponse:
    """Shows a case whole and takes the reader's steps; any other is as if it were not there."""
    report, ring = _case(report_id, reader)
    outcome: Outcome[object] = Outcome()
    if request.method == "POST" and request.POST.get("action") == "open_identity":
        # Shown in this answer only: nothing of it is stored on the way.
        opened = outcome_of(lambda: open_identity(report, by=reader, at=timezone.now()))
        outcome = Outcome(opened.result, opened.refusal)
    elif request.method == "POST":
        outcome = outcome_of(_action(request, report, reader))
        if outcome.refusal is None:
            return redirect("audit_case", report_id=report_id)
        report.refresh_from_db()
        ring = key_ring(report, reader)
    entries = opened_entries(ring)
    team = readers_of(report)
    shown = {
        "report": report,
        "facts": facts_of(entries),
        "entries": entries,
        "files": {str(facts.id): facts for facts in opened_files(ring)},
        "verbs": [
            (move, VERBS[move.verb])
            for move in REPORT.moves_from(report.state)
            if move.verb in VERBS
        ],
        "owed": owed_steps(report),
        "team": team,
        "colleagues": Officer.objects.select_related("user")
        .filter(keyed_at__isnull=False, dismissed_at=None)
        .exclude(pk__in=[officer.pk for officer in team]),
        "identity": outcome.result if isinstance(outcome.result, Identity) else None,
        "refusal": outcome.refusal,
        "posted": request.POST,
        "now": timezone.now(),
        "reader": reader,
    }
    status = outcome.status if outcome.refusal else 200
    return render(request, f"{_TEMPLATE}/case.html", shown, status=status)


@require_safe
@reader_page
def audit_figures(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Shows the figures of concluded cases of a year, small ones suppressed."""
    this_year = business_date(timezone.now()).year
    years = range(this_year, this_year - 5, -1)
    year = next((each for each in years if str(each) == request.GET.get("year")), this_year)
    shown = {"year": year, "years": years, "reader": reader}
    return render(request, f"{_TEMPLATE}/figures.html", {**shown, "figures": figures(year)})


@require_safe
@reader_page
def audit_file(
    request: HttpRequest, reader: Reader, report_id: UUID, file_id: UUID
) -> HttpResponseBase:
    """Sends a file of one of the reader's cases."""
    _, ring = _case(report_id, reader)
    facts = next((facts for facts in opened_files(ring) if facts.id == file_id), None)
    if facts is None:
        raise Http404
    return file_answer(facts)


def _case(report_id: UUID, reader: Reader) -> tuple[Report, KeyRing]:
    """Returns the report with the reader's keys; 404 alike for foreign, removed and invented."""
    report = Report.objects.filter(pk=report_id).first()
    opened = outcome_of(lambda: key_ring(report or Report(pk=report_id), reader))
    if report is None or opened.result is None:
        raise Http404
    return report, opened.result


def _action(request: HttpRequest, report: Report, reader: Reader) -> Callable[[], object]:
    """Returns the operation that a form of the case page asks for, not yet carried out."""
    at, name = timezone.now(), request.POST.get("action", "")
    text = request.POST.get("text", "")
    words = Words(request.POST.get("file_text", ""), request.POST.get("talk_text", ""))
    uploads = cast("list[SealedUpload]", request.FILES.getlist("files"))

    def colleague() -> Officer:
        wanted = request.POST.get("officer", "")
        officer = next((row for row in Officer.objects.all() if str(row.pk) == wanted), None)
        if officer is None:
            raise NotFound()
        return officer

    actions: dict[str, Callable[[], object]] = {
        "write_to_reporter": lambda: write_to_reporter(report, text, by=reader, at=at),
        "add_note": lambda: add_note(report, text, by=reader, at=at),
        "add_evidence": lambda: add_evidence(report, uploads, text, by=reader, at=at),
        "request_identity": lambda: request_identity(report, text, by=reader, at=at),
        "grant_access": lambda: grant_access(report, colleague(), by=reader, at=at),
        "remove_reader": lambda: remove_reader(report, colleague(), text, by=reader, at=at),
    }
    return actions.get(name, lambda: take_step(report, name, words, by=reader, at=at))
