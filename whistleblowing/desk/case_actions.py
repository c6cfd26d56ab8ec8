"""Which operation a form of the case page asks for."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest
from django.utils import timezone

from office.refusals import NotFound
from whistleblowing.files.upload import SealedUpload
from whistleblowing.identity.operations import request_identity
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Officer, Report
from whistleblowing.process.operations import (
    Words,
    add_evidence,
    add_note,
    take_step,
    write_to_reporter,
)
from whistleblowing.retention.operations import hold_report, release_report
from whistleblowing.team.operations import grant_access, remove_reader


def action_of(request: HttpRequest, report: Report, reader: Reader) -> Callable[[], object]:
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
        "hold_report": lambda: hold_report(report, text, by=reader, at=at),
        "release_report": lambda: release_report(report, text, by=reader, at=at),
        "remove_reader": lambda: remove_reader(report, colleague(), text, by=reader, at=at),
    }
    return actions.get(name, lambda: take_step(report, name, words, by=reader, at=at))
