"""The list of cases that a reader holds keys to, and what is owed on each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from whistleblowing.case_log.entries import Entry
from whistleblowing.keys.report_keys import Reader, sealed_keys_of
from whistleblowing.keys.sealing import open_record, opener
from whistleblowing.masking.places import accused_of
from whistleblowing.models import CaseEntry, Report
from whistleblowing.states import ReportState
from whistleblowing.words import FraudKind

CASES_ON_A_PAGE = 50


@dataclass(frozen=True)
class CaseRow:
    """A case in the list: what it is about, its state, and when the next step is due."""

    id: UUID
    kind: str
    accused: str
    state: ReportState
    received_at: datetime
    due_at: datetime | None


def own_reports(reader: Reader) -> QuerySet[Report]:
    """Returns the reports whose first entry the reader has a key of, what is due first on top,
    closed ones last. It reads only what stands in clear: state, due time, time of receipt and id.
    """
    readable = CaseEntry.objects.filter(
        report=OuterRef("pk"), number=1, key__sealed_keys__in=sealed_keys_of(reader)
    )
    due_at = Min("owed_steps__due_at", filter=Q(owed_steps__done_at=None))
    return (
        Report.objects.filter(Exists(readable))
        .annotate(due_at=due_at, is_closed=Q(state=ReportState.CLOSED))
        .order_by("is_closed", F("due_at").asc(nulls_last=True), "received_at", "pk")
    )


def case_page(reader: Reader, number: str, state: str = "") -> Page[Report]:
    """Returns one page of the reader's reports; a number that is none gives the first or last."""
    reports = own_reports(reader)
    if state in ReportState.values:
        reports = reports.filter(state=state)
    return Paginator(reports, CASES_ON_A_PAGE).get_page(number)


def case_rows(reader: Reader, reports: Iterable[Report]) -> list[CaseRow]:
    """Returns the rows of reports of `own_reports`, opened with the reader's own keys.

    Two statements, and two boxes to open for each row, three where the accused is covered: whoever
    reads a page pays for that page.
    """
    shown = {report.pk: report for report in reports}
    entries = {
        entry.report_id: entry for entry in CaseEntry.objects.filter(number=1, report__in=shown)
    }
    sealed = {
        row.key_id: bytes(row.sealed)
        for row in sealed_keys_of(reader).filter(
            key__in=[entry.key_id for entry in entries.values()]
        )
    }
    open_with_own_key = opener(reader.private_key)
    rows = []
    for report_id, report in shown.items():
        entry = entries[report_id]
        key = open_with_own_key(sealed[entry.key_id])
        record = open_record(key, bytes(entry.sealed))
        accused = accused_of(record)
        if report.covered_name is not None:
            accused = open_record(key, bytes(report.covered_name))["accused"]
        rows.append(
            CaseRow(
                report_id,
                str(FraudKind(record["kind_of_fraud"]).label),
                accused,
                ReportState(report.state),
                report.received_at,
                report.due_at,  # type: ignore[attr-defined]  # annotated by `own_reports`
            )
        )
    return rows


def facts_of(entries: list[Entry]) -> Entry | None:
    """Returns the entry by which the report was filed, if the reader can open it."""
    return next((entry for entry in entries if entry.kind == "file_report"), None)
