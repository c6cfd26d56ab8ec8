"""Sending the investigation report to named recipients, and opening a copy."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid, NotAllowed, NotFound, Refused
from whistleblowing.case_log.entries import append, opened_entries
from whistleblowing.files.reading import opened_files
from whistleblowing.findings.paper import Findings, findings_pdf
from whistleblowing.findings.queries import may_send_findings
from whistleblowing.keys.report_keys import KeyRing, Reader, key_ring, lock_report
from whistleblowing.keys.sealing import open_sealed, seal
from whistleblowing.masking.places import masked
from whistleblowing.models import FindingsCopy, Officer, Report
from whistleblowing.routing.readers import is_involved
from whistleblowing.words import KeyPurpose

LONGEST_TEXT, MOST_RECIPIENTS = 20_000, 10


def send_findings(
    report: Report,
    findings: Findings,
    recipients: Sequence[Officer],
    *,
    by: Reader,
    at: datetime,
) -> list[FindingsCopy]:
    """Makes the investigation report as PDF for each recipient and seals it to their key alone.

    The recipients, such as management and board, need hold no key of the report; whom routing
    would exclude is refused. What was reported and to whom stands in the case log.
    """
    _check_words(findings)
    ring = _ring_of(report, by)
    _check_recipients(recipients, ring, at)
    entries, files = opened_entries(ring), opened_files(ring)
    # What the team has covered stays covered for those who only get the paper.
    shown = masked(entries)
    with translation.override("zh-hans"):
        # Laid out before the transaction: it takes a second, and nobody should wait for the lock.
        papers = [
            findings_pdf(findings, shown, files, recipient=str(each), author=by.name, at=at)
            for each in recipients
        ]
    with transaction.atomic():
        # A recusal at this moment would take the key by which the entries were read.
        locked_report = lock_report(report)
        _ring_of(locked_report, by)
        if not may_send_findings(locked_report, entries):
            raise Refused("not_reported", _("提交调查报告以后才能送给收件人。"))
        copies = FindingsCopy.objects.bulk_create(
            FindingsCopy(
                report=locked_report,
                recipient=recipient,
                sealed=seal(bytes(recipient.public_key), paper),
                sent_at=at,
            )
            for recipient, paper in zip(recipients, papers, strict=True)
        )
        names = "、".join(str(recipient) for recipient in recipients)
        text = (
            f"送 {names}\n行为：{findings.conduct}\n证据：{findings.evidence}\n"
            f"处理建议：{findings.proposal}"
        )
        append(locked_report, KeyPurpose.FILE, "send_findings", {"text": text}, by=by.name, at=at)
    return copies


@transaction.atomic
def open_findings(copy: FindingsCopy, *, by: Reader, at: datetime) -> bytes:
    """Returns the PDF to its recipient and writes into the case log who opened it and when.

    Raises NotFound for everybody else, also for those who hold keys of the report.
    """
    # Another's copy takes no lock and the same statement as one that does not exist.
    own = FindingsCopy.objects.filter(pk=copy.pk, recipient=by.officer).first()
    if by.officer is None or own is None:
        raise NotFound()
    # The log's next number is drawn under the report's lock.
    report = lock_report(Report(pk=own.report_id))
    paper = open_sealed(by.private_key, bytes(own.sealed))
    content = {"text": "", "copy": str(copy.pk)}
    append(report, KeyPurpose.FILE, "open_findings", content, by=by.name, at=at)
    return paper


def _ring_of(report: Report, by: Reader) -> KeyRing:
    """Returns the officer's keys of the report; raises NotFound where there are none."""
    if by.officer is None:
        raise NotAllowed()
    return key_ring(report, by)


def _check_words(findings: Findings) -> None:
    if not all(text.strip() for text in astuple(findings)):
        raise Invalid("findings_incomplete", _("请填写行为、证据和处理建议。"))
    if any(len(text) > LONGEST_TEXT for text in astuple(findings)):
        raise Invalid("text_too_long", _("内容过长，请缩短，细节作为证据登记。"))


def _check_recipients(recipients: Sequence[Officer], ring: KeyRing, at: datetime) -> None:
    if not recipients:
        raise Invalid("no_recipient", _("请选择收件人；没有的请先在“人员”任命并设定口令。"))
    if len(recipients) > MOST_RECIPIENTS:
        raise Invalid(
            "too_many_recipients", _("一次最多送 %(most)s 位收件人。"), most=MOST_RECIPIENTS
        )
    filed = next((entry for entry in opened_entries(ring) if entry.kind == "file_report"), None)
    for officer in recipients:
        if not officer.public_key or officer.dismissed_at is not None:
            raise Refused(
                "officer_without_key",
                _("%(officer)s还没有设定口令，不能授权。"),
                officer=str(officer),
            )
        # Who cannot open by what the report was filed cannot say who is involved.
        if filed is None or is_involved(officer, filed.content, at):
            raise Refused(
                "officer_involved",
                _("%(officer)s与被检举人有隶属、同部门或申报的利益关系，不能参与办理。"),
                officer=str(officer),
            )
