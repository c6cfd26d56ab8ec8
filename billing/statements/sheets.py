"""A statement file opened: its header found, its rows read as often as needed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from billing.statements.coded_files import CodedStatement, open_coded
from billing.statements.columns import statement_columns
from billing.statements.lines import Row
from billing.statements.reading import Preface, RowReader, read_preface
from office.intake.notices import SheetNotices
from office.intake.sheet import ListSheet, open_sheet


@dataclass(frozen=True)
class StatementSheet:
    """A statement with what its preface says; `headings` are the bank's names by column key."""

    sheet: ListSheet
    preface: Preface

    @property
    def header_row(self) -> int:
        return self.sheet.header.row

    @property
    def headings(self) -> dict[str, str]:
        header = self.sheet.header
        return {key: str(header.headings[place]) for key, place in header.places.items()}

    def notices(self) -> SheetNotices:
        """Returns what a clerk has to know about the sheet, whole once every row has been read."""
        return self.sheet.notices()

    def portion(self, row: int) -> float:
        """Returns how much has been read, from 0 to 1."""
        return self.sheet.portion(row)

    def rows(self) -> Iterator[Row]:
        """Yields every row under the header that is not empty; notes which of them are hidden."""
        reader = RowReader(self.sheet.header)
        self.sheet.hidden_rows = []
        for number, cells in self.sheet.read():
            if number > self.header_row and (row := reader.read(number, cells)) is not None:
                if number in self.sheet.hidden:
                    self.sheet.hidden_rows.append(number)
                yield row


def open_statement(
    file: BinaryIO, name: str, remembered: Mapping[str, Sequence[str]] | None = None
) -> StatementSheet | CodedStatement:
    """Opens an MT940, camt.053, .xlsx or .csv file; `remembered` are the bank account's own
    headings by column key.

    Raises `Invalid` when there is no statement in the file that can be read.
    """
    return open_coded(file) or open_table(file, name, remembered)


def open_table(
    file: BinaryIO, name: str, remembered: Mapping[str, Sequence[str]] | None = None
) -> StatementSheet:
    """Opens an .xlsx or .csv file, as `open_statement` does."""
    sheet = open_sheet(file, name, statement_columns(remembered))
    above = []
    for number, cells in sheet.read():
        if number >= sheet.header.row:
            break
        above.append((number, list(cells)))
    return StatementSheet(sheet, read_preface(above))
