"""The staging tables of a list: one COPY into temporary tables, then set-based SQL."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from billing.account_list.rows import CheckedRow
from customers.models.customer import ID_NUMBER
from office.sealing import digest, seal

# COPY's mark for NULL: a control character, since a clean cell may contain the usual backslash.
_NULL = "\x1e"
_BLOCK_ROWS = 500

# `door` identifies the premise. Refused rows are copied with only their number and door, so that
# a later row with the same number or door is still reported as a conflict.
_CREATE = """
CREATE TEMPORARY TABLE account_list (
    row integer NOT NULL,
    sound boolean NOT NULL,
    number text,
    door text,
    community text,
    building text,
    unit text,
    room text,
    station text,
    name text,
    kind text,
    phone text,
    id_sealed text,
    id_digest text,
    low_income boolean,
    remark text,
    category_id bigint,
    building_area numeric(10, 2),
    inner_area numeric(10, 2),
    usable_area numeric(10, 2),
    charge_area numeric(10, 2),
    height numeric(5, 2),
    supply_state text,
    charging text,
    meter_number text,
    contract_number text,
    signed_on date,
    arrears_season text,
    arrears_fen bigint
);
CREATE TEMPORARY TABLE account_list_fault (
    row integer NOT NULL, heading text NOT NULL, says text NOT NULL
);
CREATE TEMPORARY TABLE account_list_warning (
    row integer NOT NULL, heading text NOT NULL, says text NOT NULL
);
"""
TABLES = (
    "account_list",
    "account_list_fault",
    "account_list_warning",
    "account_list_repeated",
    "account_list_line",
    "account_list_shared",
    "account_list_new",
)
_PLAIN = (
    *("community", "building", "unit", "room", "station", "name", "customer_kind"),
    *("phone", "id_sealed", "id_digest", "low_income", "remark", "category_id"),
    *("building_area", "inner_area", "usable_area", "charge_area", "height"),
    *("supply_state", "charging", "meter_number", "contract_number", "signed_on"),
    *("arrears_season", "arrears_fen"),
)
_plain = itemgetter(*_PLAIN)
_NOTHING = (None,) * len(_PLAIN)
Staged = tuple[Any, ...]


@contextmanager
def staging_tables() -> Iterator[None]:
    """Creates empty temporary tables for one list and drops them at the end, also after an
    error.
    """
    drop = f"DROP TABLE IF EXISTS {', '.join(TABLES)}"
    with connection.cursor() as cursor:
        cursor.execute(drop)
        cursor.execute(_CREATE)
    try:
        yield
    finally:
        # A broken transaction accepts no statement, and its rollback drops the tables anyway.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(drop)


def staged(checked: CheckedRow) -> Staged:
    """Returns the row as it is copied: a sound row sealed and complete, a faulty one with its keys
    only.
    """
    values = checked.values
    number = values.get("number")
    if checked.faults:
        return (checked.row, False, number, checked.door or None, *_NOTHING)
    values["phone"] = values["phone"] or values["telephone"]
    identity = values["id_number"]
    values["id_sealed"] = seal(identity, ID_NUMBER) if identity else ""
    values["id_digest"] = digest(identity, ID_NUMBER) if identity else ""
    return (checked.row, True, number, checked.door, *_plain(values))


def copy_rows(rows: Iterable[Staged]) -> None:
    """A step of the examination, in a transaction of its own: stages the rows by one COPY.

    A list that breaks off leaves the staging table empty.
    """
    lines = map(_line, rows)
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY account_list FROM STDIN (NULL '{_NULL}')") as copy,
    ):
        while block := "".join(islice(lines, _BLOCK_ROWS)):
            # COPY would read a backslash in a cell as the beginning of an escape.
            copy.write(block.replace("\\", "\\\\"))
    analyze("account_list (number, door, id_digest)")


def analyze(columns: str) -> None:
    """A step of the examination, in a transaction of its own: gathers the planner's statistics.

    The planner learns roughly how large a staging table is and how often keys repeat.
    """
    # A small target samples few rows: exact figures would cost more than the better plans save.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute(f"ANALYZE {columns}")
        cursor.execute("SET LOCAL default_statistics_target = DEFAULT")


def _line(row: Staged) -> str:
    """Returns the row in COPY's text format; clean cells contain no tab, line end or NULL mark."""
    return (
        "\t".join(
            [cell if type(cell) is str else _NULL if cell is None else str(cell) for cell in row]
        )
        + "\n"
    )
