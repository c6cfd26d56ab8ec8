"""What rows are compared by: equal rows have equal hashes, in whatever order they come.

The hashes are kept nowhere, so any version of PostgreSQL may reckon them its own way. What is the
same for all rows of a ticket is hashed once for it.
"""

from complaints.kpi_definitions import Measure

_MEASURES = list(Measure)
_NAMES = ", ".join(f"'{one.value}'" for one in _MEASURES)
# Of the rows of `kpi_rows.py`, which carry their measure by name.
MEASURE = f"array_position(ARRAY[{_NAMES}], measure)"


def day_of(instant: str) -> str:
    """The business day: China has kept one time for longer than there are tickets, and adding
    hours is faster than asking for the zone.
    """
    return f"({instant} AT TIME ZONE interval '8 hours')::date"


def number_of(measure: Measure) -> str:
    """The same number as `MEASURE` gives for a row of this measure."""
    return f"{_MEASURES.index(measure) + 1}"


def hash_of_ticket(t: str) -> str:
    """Which ticket or test it is and where it belongs; `t` is the row that has its columns."""
    return (
        f"hashtextextended({t}.kind || {t}.channel, hashint8extended({t}.id,"
        f" hashint8extended({t}.company_id, coalesce({t}.heat_station_id, 0))))"
    )


def hash_of_row(measure: str, *, crew: str, hit: str, minutes: str, ticket: str) -> str:
    """One row, given as SQL; `ticket` is the hash of its ticket, `minutes` may be NULL."""
    return (
        f"hashint8extended(coalesce({crew}, 0), hashint8extended("
        f"coalesce({minutes}, -1)::bigint * 64 + {measure} * 2 + ({hit})::int, {ticket}))"
    )


def by_day(rows: str) -> str:
    """For every day how many rows there are, and their digest."""
    row = hash_of_row(
        MEASURE, crew="crew_id", hit="hit", minutes="minutes", ticket=hash_of_ticket("counted")
    )
    return f"SELECT day, count(*), bit_xor({row}) FROM ({rows}) AS counted GROUP BY day"
