"""Which copies of investigation reports were sent to an officer, and which were opened when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from whistleblowing.case_log.entries import Entry
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import FindingsCopy, Report
from whistleblowing.states import ReportState

# Before the investigation is done there is nothing to report.
_AFTER_FINDINGS = (
    *(ReportState.REPORTED, ReportState.DECIDED, ReportState.FED_BACK, ReportState.OBJECTED),
    ReportState.CLOSED,
)


@dataclass(frozen=True)
class SentCopy:
    """A copy as the team of the case sees it: to whom, sent when, and opened when."""

    recipient: str
    sent_at: datetime
    opened_at: tuple[datetime, ...]


def may_send_findings(report: Report, entries: Iterable[Entry]) -> bool:
    """Returns whether the investigation is done: a declined case had none."""
    submitted = any(entry.kind == "submit_findings" for entry in entries)
    return submitted and report.state in _AFTER_FINDINGS


def copies_for(reader: Reader) -> list[FindingsCopy]:
    """Returns the copies that were sent to the officer, the newest first, without their content."""
    rows = FindingsCopy.objects.filter(recipient=reader.officer).defer("sealed")
    return list(rows.order_by("-sent_at", "pk"))


def sent_copies(report: Report, entries: Iterable[Entry]) -> list[SentCopy]:
    """Returns the copies of a report that were sent, and when its log says they were opened."""
    openings = [entry for entry in entries if entry.kind == "open_findings"]
    rows = FindingsCopy.objects.filter(report=report).defer("sealed")
    return [
        SentCopy(
            str(row.recipient),
            row.sent_at,
            tuple(entry.at for entry in openings if entry.content["copy"] == str(row.pk)),
        )
        for row in rows.select_related("recipient__user").order_by("sent_at", "pk")
    ]
