"""The report of a statement: its proof, what is new in it, and each line with its match."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from billing.statements.lines import Noted, Unreadable
from billing.statements.proof import Gap, Proof
from office.intake.notices import SheetNotices
from office.money import yuan_plain

SHOWN = 300
_ROWS = """
SELECT row, day, received_fen, paid_fen, balance_fen, payer_name, remark, serial, kind,
    account_number, matched_by, reason, confidence, suggested, identical_to, reverses,
    reverses_line, line_id
FROM statement_list WHERE ({condition}) AND row > %s ORDER BY row LIMIT %s
"""
_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE line_id IS NULL),
    min(day), max(day), COALESCE(sum(received_fen), 0), COALESCE(sum(paid_fen), 0),
    count(*) FILTER (WHERE account_number IS NOT NULL),
    count(*) FILTER (WHERE kind = 'received' AND account_number IS NULL),
    count(*) FILTER (WHERE kind = 'reversal'),
    count(*) FILTER (WHERE kind = 'reversal' AND reverses IS NULL AND reverses_line IS NULL),
    count(*) FILTER (WHERE identical_to IS NOT NULL)
FROM statement_list
"""


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """A line of the statement with all that was found out about it; amounts in fen."""

    row: int
    day: date
    received_fen: int
    paid_fen: int
    balance_fen: int | None
    payer_name: str
    remark: str
    serial: str
    kind: str
    account_number: str | None
    matched_by: str
    reason: str
    confidence: int
    suggested: Sequence[str]
    identical_to: int | None
    reverses: int | None
    reverses_line: int | None
    line_id: int | None

    def as_json(self) -> dict[str, Any]:
        """Returns the line as the report names it."""
        entry: dict[str, Any] = {
            "row": self.row,
            "day": self.day.isoformat(),
            "received": yuan_plain(self.received_fen),
            "paid": yuan_plain(self.paid_fen),
            "match": self.account_number,
        }
        if self.account_number is not None:
            entry["by"] = self.matched_by
        if self.kind not in ("received", "reversal"):
            entry["kind"] = self.kind
        if self.identical_to is not None:
            entry["identical_to"] = self.identical_to
        if self.reverses is not None:
            entry["reverses"] = self.reverses
        return entry

    def shown(self) -> dict[str, Any]:
        """Returns the line as a preview page shows it."""
        return {
            **self.as_json(),
            "received_fen": self.received_fen,
            "paid_fen": self.paid_fen,
            "payer_name": self.payer_name,
            "remark": self.remark,
            "line_kind": self.kind,
            "reason": self.reason,
            "confidence": self.confidence,
            "suggested": list(self.suggested),
            "reverses_earlier": self.reverses_line is not None,
            "is_new": self.line_id is None,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts and sums over a statement's lines; `reversals_open` have no original."""

    lines: int
    new_lines: int
    first_day: date | None
    last_day: date | None
    received_fen: int
    paid_fen: int
    matched: int
    unmatched: int
    reversals: int
    reversals_open: int
    identical: int


@dataclass(frozen=True)
class StatementOutcome:
    """The outcome of one statement; amounts in fen, rows numbered as in the file.

    `other_account` says that the file names another account's number than the one chosen,
    `gap_before_fen` by how much its opening differs from the closing known before.
    """

    proof: Proof
    counts: Counts
    unreadable: Sequence[Unreadable]
    notes: Sequence[Noted]
    headings: dict[str, str]
    notices: SheetNotices
    other_account: str = ""
    gap_before_fen: int = 0

    @property
    def sound(self) -> bool:
        """Whether the statement may be imported: every row is read and the balances agree."""
        return self.proof.proved and not self.unreadable

    def head(self) -> dict[str, Any]:
        """Returns the report without its rows; how many lines are new is said where some are
        known.
        """
        head: dict[str, Any] = {
            "opening": yuan_plain(self.proof.opening_fen),
            "closing": yuan_plain(self.proof.closing_fen),
            "lines": self.counts.lines,
        }
        if self.counts.new_lines < self.counts.lines:
            head["new_after_first"] = self.counts.new_lines
        return head

    def summary(self) -> dict[str, Any]:
        """Returns the totals and doubts as JSON values, for the page of the statement."""
        gap: Gap | None = self.proof.gap
        return {
            "opening_fen": self.proof.opening_fen,
            "closing_fen": self.proof.closing_fen,
            "newest_first": self.proof.newest_first,
            "faults": list(self.proof.faults),
            "gap": [gap.row, gap.expected_fen, gap.printed_fen] if gap else None,
            "wrong_totals": list(self.proof.wrong_totals),
            "lines": self.counts.lines,
            "new_lines": self.counts.new_lines,
            "received_fen": self.counts.received_fen,
            "paid_fen": self.counts.paid_fen,
            "matched": self.counts.matched,
            "unmatched": self.counts.unmatched,
            "reversals": self.counts.reversals,
            "reversals_open": self.counts.reversals_open,
            "identical": self.counts.identical,
            "unreadable_count": len(self.unreadable),
            "unreadable": [
                [fault.row, fault.column, fault.reason] for fault in self.unreadable[:SHOWN]
            ],
            "notes_count": len(self.notes),
            "notes": [[note.row, note.text] for note in self.notes[:SHOWN]],
            "headings": self.headings,
            "other_account": self.other_account,
            "gap_before_fen": self.gap_before_fen,
            "sound": self.sound,
            **self.notices.as_json(),
        }


def reported_lines(condition: str = "true", *, at_once: int = 1000) -> Iterator[ReportedLine]:
    """Yields the staged lines in the order of their rows; the staging table must be there."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS.format(condition=condition), [last, at_once])
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        for row in rows:
            yield ReportedLine(*row)


def staged_counts() -> Counts:
    """Returns the counts and sums over the staging table."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        lines, new_lines, first_day, last_day, received_fen, paid_fen, *others = cursor.fetchone()
    # A sum of bigint is numeric in PostgreSQL.
    sums = int(received_fen), int(paid_fen)
    return Counts(lines, new_lines, first_day, last_day, *sums, *others)
