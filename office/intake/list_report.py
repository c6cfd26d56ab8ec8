"""The report of an imported list: its totals, and each refused row with its reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from office.intake.remarks import Remark
from office.intake.sheet import ListSheet

SHOWN = 500


@dataclass(frozen=True)
class ListOutcome:
    """The outcome of a list: rows read, entered anew, on file already and refused by row, with
    the names of the refused ones.
    """

    read: int
    new: int
    on_file: int
    refused: Mapping[int, Sequence[Remark]]
    names: Mapping[int, str]


def report_of(outcome: ListOutcome, sheet: ListSheet) -> dict[str, Any]:
    """Returns the report as JSON values; the counts are complete, the rows are cut to `SHOWN`."""
    return {
        "sheet": sheet.name,
        "header_row": sheet.header.row,
        "rows_read": outcome.read,
        "rows_skipped": sheet.skipped,
        "rows_new": outcome.new,
        "rows_known": outcome.on_file,
        "rows_refused_count": len(outcome.refused),
        "rows_refused": [
            {"row": row, "name": outcome.names.get(row, ""), **_reasons(remarks)}
            for row, remarks in list(outcome.refused.items())[:SHOWN]
        ],
        "unknown_columns": list(sheet.header.unknown),
        **sheet.notices().as_json(),
    }


def _reasons(remarks: Sequence[Remark]) -> dict[str, Any]:
    first, *others = (
        {"column": remark.column, "value": remark.value, "says": remark.says} for remark in remarks
    )
    return {**first, "also": others}
