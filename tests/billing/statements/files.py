"""Statements built for tests: CSV in both encodings, and workbooks."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from billing.statements.lines import Line, Row, Stated, Total
from billing.statements.proof import Proof, Prover
from billing.statements.sheets import StatementSheet, open_table

TITLES: list[list[object]] = [
    ["账户交易明细"],
    ["账号：1402 0000 0000 0000 001", "户名：供热公司", "币种：人民币"],
    ["起止日期：2025-11-03 至 2025-11-05", "期初余额：1,000.00"],
    [],
]
HEADING: list[object] = [
    "交易日期",
    "借方发生额(支取)",
    "贷方发生额(收入)",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
]


def csv_file(rows: Sequence[Sequence[object]], encoding: str = "gb18030") -> io.BytesIO:
    """Returns the rows as a CSV file with CRLF, as banks export it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def workbook(rows: Sequence[Sequence[object]]) -> io.BytesIO:
    """Returns the rows as the first sheet of an .xlsx."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("对账单")
        for row, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if cell != "":
                    sheet.write(row, place, cell)
    file.seek(0)
    return file


def opened(rows: Sequence[Sequence[object]], **remembered: str) -> StatementSheet:
    """Returns the rows opened as a CSV statement."""
    own = {key: [heading] for key, heading in remembered.items()}
    return open_table(csv_file(rows), "statement.csv", own)


def rows_of(statement: StatementSheet) -> list[Row]:
    return list(statement.rows())


def lines_of(statement: StatementSheet) -> list[Line]:
    return [row for row in statement.rows() if isinstance(row, Line)]


def proof_of(statement: StatementSheet) -> Proof:
    """Returns the proof over everything that the statement says."""
    prover = Prover()
    for row in [*statement.preface.stated, *statement.rows()]:
        if isinstance(row, Line):
            prover.line(row)
        elif isinstance(row, Total):
            prover.total(row)
        elif isinstance(row, Stated):
            prover.stated(row)
    return prover.proof()
