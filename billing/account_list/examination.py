"""The examination of a whole list, which changes no record."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection

from billing.account_list.conflicts import find_conflicts
from billing.account_list.differences import find_differences, find_repeated_arrears
from billing.account_list.opening import opening_arrears_fen, season_of
from billing.account_list.report import Outcome
from billing.account_list.rows import Category, Frame, RowChecker
from billing.account_list.staging import Staged, copy_rows, staged, staging_tables
from billing.models import HeatingSeason
from customers.models import TariffCategory
from office.intake.cells import shown
from office.intake.remarks import Remark, by_row
from office.intake.sheet import ListSheet
from office.models import Company

Progress = Callable[[float], None]
_REPORTED_EVERY = 5_000
# The share of the work that is reading; the rest is SQL.
READING = 0.6


@dataclass(frozen=True)
class Examination:
    """The result of an examination; the good rows stay in the staging tables until the block
    ends.
    """

    outcome: Outcome
    season: HeatingSeason


@contextmanager
def examined(
    company: Company, sheet: ListSheet, *, today: date, progress: Progress
) -> Iterator[Examination]:
    """Checks every row by itself, then against the other rows and the records.

    A row that is refused gets no warnings: its corrected successor will be checked anew.
    """
    season = season_of(company, today)
    reading = _Reading(RowChecker(sheet.header, _frame(company, season, today)), progress)
    with staging_tables():
        copy_rows(reading.staged_rows(sheet))
        progress(READING)
        faults = reading.faults + find_conflicts(company)
        progress(READING + 0.1)
        refused = by_row(faults, sheet.header.order)
        warnings = [remark for remark in reading.warnings if remark.row not in refused]
        warnings += find_differences(company)
        yield Examination(_outcome(company, sheet, reading, refused, warnings), season)


class _Reading:
    """The reader that passes rows to the staging table and collects the remarks on them."""

    def __init__(self, checker: RowChecker, progress: Progress) -> None:
        self._checker = checker
        self._progress = progress
        self.count = 0
        self.faults: list[Remark] = []
        # The customers' names of rows that are refused while they are read.
        self.names: dict[int, str] = {}
        self.warnings: list[Remark] = []

    def staged_rows(self, sheet: ListSheet) -> Iterator[Staged]:
        """Yields every row as it is copied into the staging table, also those with faults."""
        for row, cells in sheet.rows():
            checked = self._checker.check(row, cells)
            self.faults += checked.faults
            self.warnings += checked.warnings
            if checked.faults:
                self.names[row] = _name_in(sheet, cells)
            elif filled := sheet.filled(row):
                self.warnings += _figures_filled(sheet, row, filled)
            self.count += 1
            if self.count % _REPORTED_EVERY == 0:
                self._progress(READING * sheet.portion(row))
            yield staged(checked)


# Figures that would count twice when a merged cell spans rows of different accounts.
_FIGURES = ("building_area", "inner_area", "usable_area", "charge_area", "arrears_fen")


def _name_in(sheet: ListSheet, cells: Sequence[object]) -> str:
    """Returns the customer's name of a row, "" in a row that ends before its column."""
    place = sheet.header.places["name"]
    return shown(cells[place]) if place < len(cells) else ""


def _figures_filled(sheet: ListSheet, row: int, filled: Sequence[int]) -> list[Remark]:
    """Returns a warning for each figure that the row has from a merged cell above it."""
    return [
        Remark(row, heading, f"{heading}取自上方的合并单元格，请核对")
        for key in _FIGURES
        if sheet.header.places.get(key) in filled and (heading := sheet.header.heading(key))
    ]


def _names(reading: _Reading, refused: Mapping[int, object]) -> dict[int, str]:
    """Returns the customer's name of each refused row.

    Rows with a fault of their own kept theirs while they were read; those that conflict with
    others or with the records are in the staging table.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row, name FROM account_list WHERE name IS NOT NULL AND row = ANY(%s)",
            [list(refused.keys() - reading.names.keys())],
        )
        return {**reading.names, **dict(cursor.fetchall())}


def _frame(company: Company, season: HeatingSeason, today: date) -> Frame:
    """Reads what single rows are checked against, once for the whole list."""
    categories = TariffCategory.objects.filter(company=company)
    return Frame(
        categories={
            category.name: Category(category.pk, category.residential) for category in categories
        },
        today=today,
        season=season.label,
    )


def _outcome(
    company: Company,
    sheet: ListSheet,
    reading: _Reading,
    refused: dict[int, list[Remark]],
    warnings: list[Remark],
) -> Outcome:
    """Counts what the good rows would change and returns it with the remarks on the others."""
    order = sheet.header.order
    with connection.cursor() as cursor:
        # The first line of an account stands for the account, further ones for more areas.
        cursor.execute(
            "SELECT count(*) FILTER (WHERE ordinal = 1 AND account_id IS NULL),"
            " count(*) FILTER (WHERE ordinal = 1 AND account_id IS NOT NULL),"
            " count(*) FILTER (WHERE ordinal > 1) FROM account_list_line"
        )
        new, existing, further = cursor.fetchone()
    debts, debts_fen = opening_arrears_fen(with_known_accounts=True)
    return Outcome(
        company=company.name,
        sheet=sheet.name,
        header_row=sheet.header.row,
        rows_read=reading.count,
        rows_skipped=sheet.skipped,
        unknown_columns=sheet.header.unknown,
        accounts_good=new + existing,
        accounts_new=new,
        accounts_known=existing,
        second_area_lines=further,
        opening_arrears=debts,
        opening_arrears_fen=debts_fen,
        opening_arrears_new_fen=opening_arrears_fen(with_known_accounts=False)[1],
        refused=refused,
        names=_names(reading, refused),
        notices=sheet.notices(),
        warned=by_row(warnings, order),
        noted=by_row(find_repeated_arrears(), order),
    )
