"""The investigation report as PDF: made in memory from what a reader of the case can open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from office.calendar import business_date
from office.pdf import render_pdf
from whistleblowing.case_log.entries import Entry
from whistleblowing.files.answers import readable_name
from whistleblowing.files.reading import FileFacts
from whistleblowing.words import FraudKind, Rank

TEMPLATE = "whistleblowing/findings/paper.html"


@dataclass(frozen=True)
class Findings:
    """What an investigation found: the conduct, the evidence for it, and what is proposed."""

    conduct: str
    evidence: str
    proposal: str


@dataclass(frozen=True)
class EvidenceLine:
    """A file of the evidence log as the paper lists it."""

    name: str
    sha256: str
    custody: str


def findings_pdf(
    findings: Findings,
    entries: Iterable[Entry],
    files: Iterable[FileFacts],
    *,
    recipient: str,
    author: str,
    at: datetime,
) -> bytes:
    """Returns the paper for one recipient, whose name stands on every page."""
    log = list(entries)
    filed = next(entry for entry in log if entry.kind == "file_report")
    paper = {
        "findings": findings,
        "accused": _accused(filed.content),
        "received_on": business_date(filed.at).isoformat(),
        "evidence": evidence_lines(log, files),
        "interviews": [heading_of(entry) for entry in log if entry.kind == "interview"],
        "recipient": recipient,
        "author": author,
        "made_on": business_date(at).isoformat(),
    }
    return render_pdf(TEMPLATE, {"paper": paper})


def heading_of(interview: Entry) -> str:
    """Returns with whom and when an interview was, without what was said."""
    return str(interview.content["text"]).partition("\n")[0]


def evidence_lines(entries: Iterable[Entry], files: Iterable[FileFacts]) -> list[EvidenceLine]:
    """Returns the files of the evidence log in the order in which they were entered."""
    facts = {str(file.id): file for file in files}
    return [
        EvidenceLine(readable_name(facts[key].name), facts[key].sha256, str(entry.content["text"]))
        for entry in entries
        if entry.kind == "evidence"
        for key in entry.content["files"]
        if key in facts
    ]


def _accused(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns what the report says of the accused; papers are Chinese only."""
    lines = (
        ("类别", str(FraudKind(content["kind_of_fraud"]).label)),
        ("被检举人", content["accused"]),
        ("层级", str(Rank(content["rank"]).label)),
        ("公司", content["company"]),
        ("部门", content["department"]),
        ("外部合作单位", content["partner"]),
    )
    return [(label, str(value)) for label, value in lines if value]
