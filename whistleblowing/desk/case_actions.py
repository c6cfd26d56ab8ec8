"""Which operation a form of the case page asks for."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest
from django.utils import timezone

from whistleblowing.desk.case_values import (
    amount_fen_of,
    colleague_of,
    company_of,
    findings_of,
    interview_of,
    number_of,
    protected_of,
    recipients_of,
)
from whistleblowing.files.upload import SealedUpload
from whistleblowing.findings.operations import send_findings
from whistleblowing.identity.operations import request_identity
from whistleblowing.keys.report_keys import Reader
from whistleblowing.masking.operations import mask_text, redact_text, unmask_text
from whistleblowing.models import Report
from whistleblowing.process.operations import (
    Words,
    add_evidence,
    add_note,
    record_interview,
    take_step,
    write_to_reporter,
)
from whistleblowing.protection.operations import begin_watch
from whistleblowing.retention.operations import hold_report, release_report
from whistleblowing.rewards.operations import grant_reward, record_recovery
from whistleblowing.team.operations import grant_access, remove_reader


def action_of(request: HttpRequest, report: Report, reader: Reader) -> Callable[[], object]:
    """Returns the operation that a form of the case page asks for, not yet carried out."""
    values, at = request.POST, timezone.now()
    name, text = values.get("action", ""), values.get("text", "")
    words = Words(values.get("file_text", ""), values.get("talk_text", ""))
    uploads = cast("list[SealedUpload]", request.FILES.getlist("files"))
    findings = findings_of(values)
    typed_words = values.get("words", "")
    actions: dict[str, Callable[[], object]] = {
        "mask_text": lambda: mask_text(report, typed_words, by=reader, at=at),
        "unmask_text": lambda: unmask_text(report, number_of(values), by=reader, at=at),
        "redact_text": lambda: redact_text(report, typed_words, text, by=reader, at=at),
        "record_recovery": lambda: record_recovery(
            report, amount_fen_of(values), text, by=reader, at=at
        ),
        "grant_reward": lambda: grant_reward(
            report, amount_fen_of(values), company_of(values), by=reader, at=at
        ),
        "begin_watch": lambda: begin_watch(report, protected_of(values), by=reader, at=at),
        "write_to_reporter": lambda: write_to_reporter(report, text, by=reader, at=at),
        "add_note": lambda: add_note(report, text, by=reader, at=at),
        "add_evidence": lambda: add_evidence(report, uploads, text, by=reader, at=at),
        "record_interview": lambda: record_interview(
            report, interview_of(values), by=reader, at=at
        ),
        "send_findings": lambda: send_findings(
            report, findings, recipients_of(values), by=reader, at=at
        ),
        "request_identity": lambda: request_identity(report, text, by=reader, at=at),
        "grant_access": lambda: grant_access(report, colleague_of(values), by=reader, at=at),
        "hold_report": lambda: hold_report(report, text, by=reader, at=at),
        "release_report": lambda: release_report(report, text, by=reader, at=at),
        "remove_reader": lambda: remove_reader(
            report, colleague_of(values), text, by=reader, at=at
        ),
    }
    return actions.get(name, lambda: take_step(report, name, words, by=reader, at=at))
