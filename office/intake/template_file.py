"""An empty list to fill in: its columns' usual names and nothing else."""

import io

import xlsxwriter

from office.intake.columns import Columns
from office.intake.correction_file import WRITTEN_AS_IS

_WIDTH = 14


def template_file(columns: Columns, sheet_name: str) -> bytes:
    """An .xlsx with one row of headings; those of required columns end with *."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {**WRITTEN_AS_IS, "in_memory": True}) as book:
        page = book.add_worksheet(sheet_name)
        page.freeze_panes(1, 0)
        # As text, so that no spreadsheet turns a long code into a number.
        page.set_column(0, len(columns.names) - 1, _WIDTH, book.add_format({"num_format": "@"}))
        heading = book.add_format({"num_format": "@", "bold": True})
        for place, key in enumerate(columns.names):
            mark = "*" if key in columns.required else ""
            page.write_string(0, place, columns.heading(key) + mark, heading)
    return memory.getvalue()
