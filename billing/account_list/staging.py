"""The list laid beside the records: one COPY into a temporary table, then sets instead of rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from billing.account_list.rows import CheckedRow
from customers.models.customer import ID_NUMBER
from office.sealing import digest, seal

# COPY's NULL: a mark that no clean cell holds, unlike the usual backslash.
_NULL = "\x1e"
_BLOCK_ROWS = 500

# `door` tells premises apart; refused rows are here with their number and door only, so that
# what they lay claim to counts.
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
    """Empty tables for one list, gone afterwards whatever happens."""
    drop = f"DROP TABLE IF EXISTS {', '.join(TABLES)}"
    with connection.cursor() as cursor:
        cursor.execute(drop)
        cursor.execute(_CREATE)
    try:
        yield
    finally:
        # In a broken transaction the rollback takes the tables with it.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(drop)


def staged(checked: CheckedRow) -> Staged:
    """The row as it is copied: sealed when it is sound, else only what it lays claim to."""
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
    """Put the rows into the staging table; a list that breaks off leaves it empty."""
    lines = map(_line, rows)
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY account_list FROM STDIN (NULL '{_NULL}')") as copy,
    ):
        while block := "".join(islice(lines, _BLOCK_ROWS)):
            copy.write(block.replace("\\", "\\\\"))
    analyze("account_list (number, door, id_digest)")


def analyze(columns: str) -> None:
    """Tell the planner how large a staging table is and how often its keys repeat: roughly."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute(f"ANALYZE {columns}")
        cursor.execute("SET LOCAL default_statistics_target = DEFAULT")


def _line(row: Staged) -> str:
    """The row as COPY reads text: clean cells hold no tab, no line's end and no NULL mark."""
    return (
        "\t".join(
            [cell if type(cell) is str else _NULL if cell is None else str(cell) for cell in row]
        )
        + "\n"
    )
