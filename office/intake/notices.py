"""What a clerk has to know about a sheet before its rows are loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

_ROWS_NAMED = 20


@dataclass(frozen=True)
class OtherSheet:
    """A sheet of the workbook that was not read, with the number of its rows."""

    name: str
    rows: int
    visible: bool


@dataclass(frozen=True)
class SheetNotices:
    """Hidden rows that were read, sheets that were not, and cells taken from somewhere else."""

    hidden_rows: Sequence[int] = ()
    other_sheets: Sequence[OtherSheet] = ()
    cells_filled: int = 0
    formula_results: int = 0

    def as_json(self) -> dict[str, Any]:
        """The counts in full, the first 20 hidden rows by their numbers, every sheet by name."""
        return {
            "hidden_rows_count": len(self.hidden_rows),
            "hidden_rows": list(self.hidden_rows[:_ROWS_NAMED]),
            "other_sheets": [
                {"name": sheet.name, "rows": sheet.rows, "visible": sheet.visible}
                for sheet in self.other_sheets
            ],
            "cells_filled": self.cells_filled,
            "formula_results": self.formula_results,
        }


def notice_sentences(report: Mapping[str, Any]) -> list[str]:
    """The sentences about a sheet from its report; a report of earlier days has none."""
    sentences = []
    if count := report.get("hidden_rows_count", 0):
        rows = "、".join(map(str, report["hidden_rows"]))
        if count > len(report["hidden_rows"]):
            rows += _("等")
        sentences.append(
            _("有 %(count)s 个隐藏的行也会读取：第 %(rows)s 行。") % {"count": count, "rows": rows}
        )
    if sheets := report.get("other_sheets"):
        sentences.append(
            _("还有 %(count)s 个工作表没有读取：%(sheets)s。")
            % {"count": len(sheets), "sheets": "、".join(map(_named, sheets))}
        )
    if count := report.get("cells_filled", 0):
        sentences.append(_("有 %(count)s 个空单元格按上方的合并单元格填写。") % {"count": count})
    if count := report.get("formula_results", 0):
        sentences.append(_("有 %(count)s 个单元格是公式，取表格中保存的结果。") % {"count": count})
    return sentences


def _named(sheet: Mapping[str, Any]) -> str:
    if sheet["visible"]:
        return _("%(name)s（%(rows)s 行）") % {"name": sheet["name"], "rows": sheet["rows"]}
    return _("%(name)s（隐藏，%(rows)s 行）") % {"name": sheet["name"], "rows": sheet["rows"]}
