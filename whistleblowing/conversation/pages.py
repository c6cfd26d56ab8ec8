"""The reporter's later pages, behind the receipt: state, talk, additions, objection, leaving."""

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from office.outcomes import Outcome, outcome_of
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.clocks.promises import may_object_until, owed_steps
from whistleblowing.conversation.operations import renew_receipt
from whistleblowing.files.answers import file_answer
from whistleblowing.files.reading import opened_files
from whistleblowing.files.upload import SealedUpload, seal_uploads
from whistleblowing.keys.open_keys import close_token, find_open, keep_open
from whistleblowing.keys.receipts import in_groups, key_of_receipt, read_receipt, report_of
from whistleblowing.keys.report_keys import Reader, key_ring
from whistleblowing.keys.sealing import KeyPair
from whistleblowing.languages import in_language
from whistleblowing.models import Report
from whistleblowing.process.operations import object_to_result, write_as_reporter
from whistleblowing.states import ReportState
from whistleblowing.walls import REPORT_COOKIE, REPORT_ROOM

_TEMPLATE = "whistleblowing/reporting"
# Wrong receipts of the last minutes, of everybody together: no address is counted.
_WRONG = "whistleblowing.wrong_receipts"
_REMEMBERED_SECONDS = 600
_SECONDS_PER_WRONG, _LONGEST_WAIT = 0.1, 3.0


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def report_receipt(request: HttpRequest, language: str) -> HttpResponse:
    """Takes a receipt and leads on to the case, whatever was typed.

    Right, wrong and foreign receipts cause the same work and the same answer: which it was shows
    only on the next page, to whoever has the cookie.
    """
    if request.method != "POST":
        return render(request, f"{_TEMPLATE}/receipt.html", {"language": language})
    slow_down()
    pair = key_of_receipt(read_receipt(request.POST.get("receipt", "")[:60]))
    token = keep_open(pair.private, officer=None, session="", at=timezone.now())
    answer = redirect("report_case", language=language)
    answer.set_cookie(
        REPORT_COOKIE,
        token,
        path=REPORT_ROOM,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return answer


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def report_case(request: HttpRequest, language: str) -> HttpResponse:
    """Shows the reporter's own report and takes words, files and an objection."""
    token = request.COOKIES.get(REPORT_COOKIE, "")
    opened = _opened(token)
    if opened is None:
        return _not_open(request, language, token)
    report, reader = opened
    if report.one_time_receipt:
        shown_to_new = {"language": language, "form_token": form_token(token)}
        return render(request, f"{_TEMPLATE}/renew.html", shown_to_new)
    outcome: Outcome[object] = Outcome()
    text = ""
    if request.method == "POST":
        seal_uploads(request)
        if not hmac.compare_digest(request.POST.get("form_token", ""), form_token(token)):
            return _not_open(request, language, token)
        text = request.POST.get("text", "")
        outcome = outcome_of(_action(request, report, reader, text))
        if outcome.refusal is None:
            return redirect("report_case", language=language)
        report.refresh_from_db()
    ring = key_ring(report, reader)
    until = may_object_until(report)
    shown = {
        "language": language,
        "report": report,
        "entries": opened_entries(ring),
        "files": {str(facts.id): facts for facts in opened_files(ring)},
        "owed": owed_steps(report),
        "object_until": until
        if until and report.state == ReportState.FED_BACK and timezone.now() <= until
        else None,
        "form_token": form_token(token),
        "refusal": outcome.refusal,
        "text": text,
    }
    status = outcome.status if outcome.refusal else 200
    return render(request, f"{_TEMPLATE}/case.html", shown, status=status)


@csrf_exempt
@require_POST
@in_language
def report_renew(request: HttpRequest, language: str) -> HttpResponse:
    """Changes the receipt and shows the new one, once; the old one opens nothing any more."""
    token = request.COOKIES.get(REPORT_COOKIE, "")
    opened = _opened(token)
    if opened is None or not hmac.compare_digest(
        request.POST.get("form_token", ""), form_token(token)
    ):
        return _not_open(request, language, token)
    outcome = outcome_of(lambda: renew_receipt(opened[0], by=opened[1], at=timezone.now()))
    if outcome.result is None:
        # Somebody else changed it a moment ago: this receipt opens nothing any more.
        return _not_open(request, language, token)
    close_token(token)
    shown = {"receipt": in_groups(outcome.result), "language": language}
    answer = render(request, f"{_TEMPLATE}/received.html", shown)
    answer.delete_cookie(REPORT_COOKIE, path=REPORT_ROOM, samesite="Strict")
    return answer


@require_safe
@in_language
def report_file(request: HttpRequest, language: str, file_id: UUID) -> HttpResponseBase:
    """Sends a file of the reporter's own report; any other is as if it were not there."""
    opened = _opened(request.COOKIES.get(REPORT_COOKIE, ""))
    if opened is None or opened[0].one_time_receipt:
        raise Http404
    ring = key_ring(*opened)
    facts = next((facts for facts in opened_files(ring) if facts.id == file_id), None)
    if facts is None:
        raise Http404
    return file_answer(facts)


@require_safe
@in_language
def report_leave(request: HttpRequest, language: str) -> HttpResponse:
    """Closes the receipt's key and leads away from this site: the quick exit."""
    close_token(request.COOKIES.get(REPORT_COOKIE, ""))
    answer = HttpResponseRedirect(settings.WHISTLEBLOWING_EXIT)
    answer.delete_cookie(REPORT_COOKIE, path=REPORT_ROOM, samesite="Strict")
    return answer


def slow_down() -> None:
    """Waits longer the more wrong receipts came in the last ten minutes, whoever sent them."""
    time.sleep(min(cache.get(_WRONG, 0) * _SECONDS_PER_WRONG, _LONGEST_WAIT))


def form_token(token: str) -> str:
    """Returns the secret of the forms behind a cookie, which another site cannot know."""
    return hashlib.blake2b(f"form|{token}".encode(), digest_size=16).hexdigest()


def _action(
    request: HttpRequest, report: Report, reader: Reader, text: str
) -> Callable[[], object]:
    at = timezone.now()
    if "object" in request.POST:
        return lambda: object_to_result(report, text, by=reader, at=at) is not None
    uploads = cast("list[SealedUpload]", request.FILES.getlist("files"))
    return lambda: write_as_reporter(report, text, uploads, by=reader, at=at)


def _opened(token: str) -> tuple[Report, Reader] | None:
    """Returns the report and its reader behind a cookie; None for expired and wrong ones."""
    private_key = find_open(token, officer=None, session="", at=timezone.now())
    if private_key is None:
        return None
    pair = KeyPair.of_seed(private_key)
    report = report_of(pair)
    if report is None:
        return None
    return report, Reader(pair.private, receipt_key=pair.public)


def _not_open(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Answers a cookie that opens nothing, and counts it: the next receipts wait longer."""
    if token:
        close_token(token)
        cache.set(_WRONG, cache.get(_WRONG, 0) + 1, _REMEMBERED_SECONDS)
    shown = {"language": language, "wrong": True}
    answer = render(request, f"{_TEMPLATE}/receipt.html", shown, status=404)
    answer.delete_cookie(REPORT_COOKIE, path=REPORT_ROOM, samesite="Strict")
    return answer
