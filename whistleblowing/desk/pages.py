"""The auditors' desk: cases the reader holds keys to, one case whole, its files."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from office.calendar import business_date
from office.models import Company
from office.outcomes import Outcome, outcome_of
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.clocks.promises import owed_steps
from whistleblowing.desk.access import reader_page
from whistleblowing.desk.case_actions import action_of
from whistleblowing.desk.case_list import case_page, case_rows, facts_of, own_reports
from whistleblowing.figures.counting import shown_years, yearly_figures
from whistleblowing.files.answers import file_answer
from whistleblowing.files.reading import opened_files
from whistleblowing.files.upload import seal_uploads
from whistleblowing.findings.queries import copies_for, may_send_findings, sent_copies
from whistleblowing.identity.operations import Identity, open_identity
from whistleblowing.keys.report_keys import KeyRing, Reader, key_ring, readers_of
from whistleblowing.masking.places import masked, masks_of
from whistleblowing.models import Notice, Officer, Report, Retention
from whistleblowing.previews.copies import stripped_answer
from whistleblowing.process.moves import VERBS
from whistleblowing.process.operations import open_original
from whistleblowing.protection.queries import watched_people
from whistleblowing.retention.warnings import announced_ends
from whistleblowing.rewards.operations import AFTER_DECISION
from whistleblowing.states import REPORT, ReportState
from whistleblowing.words import ProtectedRole

_TEMPLATE = "whistleblowing/desk"


@require_safe
@reader_page
def audit_desk(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Lists a page of the reader's cases, and the notices to the reader."""
    notices = Notice.objects.filter(officer=reader.officer, owed_step__done_at=None)
    state = request.GET.get("state", "")
    page = case_page(reader, request.GET.get("page", "1"), state)
    shown = {
        "page": page,
        "copies": copies_for(reader),
        "rows": case_rows(reader, page.object_list),
        "states": ReportState.choices,
        "state": state,
        "warnings": announced_ends(own_reports(reader)),
        "watched": _watched(reader),
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
        outcome = outcome_of(action_of(request, report, reader))
        if outcome.refusal is None:
            return redirect("audit_case", report_id=report_id)
        report.refresh_from_db()
        ring = key_ring(report, reader)
    entries = opened_entries(ring)
    team = readers_of(report)
    keyed = Officer.objects.select_related("user").filter(keyed_at__isnull=False, dismissed_at=None)
    shown = {
        "report": report,
        "facts": facts_of(entries),
        "entries": masked(entries),
        "masks": masks_of(entries),
        "may_report": may_send_findings(report, entries),
        "copies": sent_copies(report, entries),
        "may_reward": report.state in AFTER_DECISION,
        "companies": Company.objects.order_by("code"),
        "roles": ProtectedRole.choices,
        "files": {str(facts.id): facts for facts in opened_files(ring)},
        "verbs": [
            (move, VERBS[move.verb])
            for move in REPORT.moves_from(report.state)
            if move.verb in VERBS
        ],
        "owed": owed_steps(report),
        "retention": Retention.objects.filter(report=report).select_related("rule").first(),
        "team": team,
        "colleagues": keyed.exclude(pk__in=[officer.pk for officer in team]),
        "recipients": keyed.order_by("user__username"),
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
    today = business_date(timezone.now())
    years = shown_years(today)
    year = next((each for each in years if str(each) == request.GET.get("year")), years[0])
    figures = yearly_figures(year, today)
    shown = {"year": year, "years": years, "reader": reader, "figures": figures}
    return render(request, f"{_TEMPLATE}/figures.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def audit_file(
    request: HttpRequest, reader: Reader, report_id: UUID, file_id: UUID
) -> HttpResponseBase:
    """Sends a file of one of the reader's cases: the copy without metadata where there can be one.

    The original of such a file is sent for a reason, which stays in the case log.
    """
    report, ring = _case(report_id, reader)
    facts = next((facts for facts in opened_files(ring) if facts.id == file_id), None)
    if facts is None:
        raise Http404
    if request.method == "POST":
        reason, at = request.POST.get("text", ""), timezone.now()
        opened = outcome_of(lambda: open_original(report, facts, reason, by=reader, at=at))
        if opened.result is not None:
            return file_answer(opened.result)
        shown = {"report": report, "facts": facts, "refusal": opened.refusal, "reader": reader}
        return render(request, f"{_TEMPLATE}/original.html", shown, status=opened.status)
    if not facts.kind:
        return file_answer(facts)
    copy = outcome_of(lambda: stripped_answer(facts))
    if copy.result is not None:
        return copy.result
    shown = {"report": report, "facts": facts, "refusal": copy.refusal, "reader": reader}
    return render(request, f"{_TEMPLATE}/original.html", shown, status=copy.status)


def _watched(reader: Reader) -> dict[str, bool]:
    """Returns whether something changed for a protected person, and whether one must be asked."""
    if reader.officer is None or not reader.officer.protects_reporters:
        return {}
    people = watched_people(reader, business_date(timezone.now()))
    return {
        "changed": any(person.is_new for person in people),
        "must_ask": any(person.must_ask for person in people),
    }


def _case(report_id: UUID, reader: Reader) -> tuple[Report, KeyRing]:
    """Returns the report with the reader's keys; 404 alike for foreign, removed and invented.

    The keys come first: who has none causes the same one statement, whether the report exists.
    """
    opened = outcome_of(lambda: key_ring(Report(pk=report_id), reader))
    report = Report.objects.filter(pk=report_id).first() if opened.result else None
    if report is None or opened.result is None:
        raise Http404
    return report, KeyRing(report, opened.result.private_keys)
