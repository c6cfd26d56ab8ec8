"""The list of cases that a reader holds keys to, and what is owed on each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Q

from whistleblowing.case_log.entries import Entry
from whistleblowing.keys.report_keys import Reader, sealed_keys_of
from whistleblowing.keys.sealing import open_record, opener
from whistleblowing.models import CaseEntry, Report
from whistleblowing.states import ReportState
from whistleblowing.words import FraudKind


@dataclass(frozen=True)
class CaseRow:
    """A case in the list: what it is about, its state, and when the next step is due."""

    id: UUID
    kind: str
    accused: str
    state: ReportState
    received_at: datetime
    due_at: datetime | None


def case_rows(reader: Reader) -> list[CaseRow]:
    """Returns the reader's cases, what is due first on top, closed ones last.

    Three statements however many there are; each title is opened with the reader's own keys.
    """
    sealed = {row.key_id: bytes(row.sealed) for row in sealed_keys_of(reader)}
    reports = {
        report.pk: report
        for report in Report.objects.filter(keys__in=sealed).annotate(
            due_at=Min("owed_steps__due_at", filter=Q(owed_steps__done_at=None))
        )
    }
    open_with_own_key = opener(reader.private_key)
    rows = []
    for entry in CaseEntry.objects.filter(number=1, report__in=reports, key__in=sealed):
        private_key = open_with_own_key(sealed[entry.key_id])
        record = open_record(private_key, bytes(entry.sealed))
        report = reports[entry.report_id]
        rows.append(
            CaseRow(
                report.pk,
                str(FraudKind(record["kind_of_fraud"]).label),
                str(record["accused"] or record["partner"]),
                ReportState(report.state),
                report.received_at,
                report.due_at,
            )
        )
    return sorted(rows, key=_urgency)


def _urgency(row: CaseRow) -> tuple[bool, bool, datetime]:
    return row.state == ReportState.CLOSED, row.due_at is None, row.due_at or row.received_at


def facts_of(entries: list[Entry]) -> Entry | None:
    """Returns the entry by which the report was filed, if the reader can open it."""
    return next((entry for entry in entries if entry.kind == "file_report"), None)
