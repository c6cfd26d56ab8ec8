"""The report of an imported list: its totals, and each row with an error, warning or note."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from office.intake.notices import SheetNotices
from office.intake.remarks import Remark

SHOWN = 500
Remarks = Mapping[int, Sequence[Remark]]


@dataclass(frozen=True)
class Outcome:
    """The outcome of one list; amounts in fen, rows numbered as in the spreadsheet."""

    company: str
    sheet: str
    header_row: int
    rows_read: int
    rows_skipped: int
    unknown_columns: Sequence[str]
    accounts_good: int
    accounts_new: int
    accounts_known: int
    second_area_lines: int
    opening_arrears: int
    opening_arrears_fen: int
    opening_arrears_new_fen: int
    refused: Remarks
    names: Mapping[int, str]
    notices: SheetNotices
    warned: Remarks
    noted: Remarks

    def as_json(self, *, most: int | None = None) -> dict[str, Any]:
        """Returns the report as JSON values.

        With `most` each list is cut to that many rows; the counts stay complete.
        """
        return {
            "company": self.company,
            "sheet": self.sheet,
            "header_row": self.header_row,
            "accounts_good": self.accounts_good,
            "accounts_new": self.accounts_new,
            "accounts_known": self.accounts_known,
            "second_area_lines": self.second_area_lines,
            "rows_read": self.rows_read,
            "rows_skipped": self.rows_skipped,
            "rows_refused_count": len(self.refused),
            "rows_warned_count": len(self.warned),
            "rows_refused": [
                {**entry, "name": self.names.get(entry["row"], "")}
                for entry in _listed(self.refused, most)
            ],
            "rows_warned": _listed(self.warned, most),
            "rows_noted": _listed(self.noted, most),
            "opening_arrears": self.opening_arrears,
            "opening_arrears_fen": self.opening_arrears_fen,
            "opening_arrears_new_fen": self.opening_arrears_new_fen,
            "unknown_columns": list(self.unknown_columns),
            **self.notices.as_json(),
        }


def _listed(remarks: Remarks, most: int | None) -> list[dict[str, Any]]:
    return [_entry(row, row_remarks) for row, row_remarks in list(remarks.items())[:most]]


def _entry(row: int, row_remarks: Sequence[Remark]) -> dict[str, Any]:
    """Returns one row of the report: its first reason, and the further ones under `also`."""
    first, *others = row_remarks
    entry = {"row": row, **_remark(first)}
    if others:
        entry["also"] = [_remark(remark) for remark in others]
    return entry


def _remark(remark: Remark) -> dict[str, Any]:
    sentence = {"says": remark.says, "column": remark.column}
    return {**sentence, "value": remark.value} if remark.value else sentence
