"""Tallies follow the records: stale ones are counted again, in batches of tickets."""

from django.db import connection, transaction

from complaints.kpis.rows import COLUMNS, ROWS, SAME_DAYS
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit

BATCH = 5_000

_TAKE = """
DELETE FROM complaints_kpistale WHERE id IN (
    SELECT id FROM complaints_kpistale WHERE day IS NULL ORDER BY id LIMIT %s)
RETURNING ticket_id, test_id
"""
_VALUES = [name for name in COLUMNS.split(", ") if name not in ("record", "measure", "day")]
_CHANGES = ", ".join(f"{name} = excluded.{name}" for name in _VALUES)
_OLD = ", ".join(f"t.{name}" for name in _VALUES)
_NEW = ", ".join(f"excluded.{name}" for name in _VALUES)
_EVERYTHING = """
INSERT INTO complaints_kpistale (ticket_id, test_id)
SELECT id, NULL FROM complaints_ticket UNION ALL SELECT NULL, id FROM complaints_temperaturetest
"""
# A day that is frozen and counts other rows now is noted, to be examined again.
_RECKON = f"""WITH counted AS MATERIALIZED ({ROWS}),
gone AS (
    DELETE FROM complaints_kpitally t
    WHERE (t.record = ANY(%(tickets)s::bigint[]) AND t.measure <> 'temperature'
           OR t.record = ANY(%(tests)s::bigint[]) AND t.measure = 'temperature')
      AND NOT EXISTS (SELECT FROM counted c
                      WHERE (c.record, c.measure, c.day) = (t.record, t.measure, t.day))
    RETURNING t.day),
kept AS (
    INSERT INTO complaints_kpitally AS t ({COLUMNS}) SELECT {COLUMNS} FROM counted
    ON CONFLICT (record, measure, day) DO UPDATE SET {_CHANGES}
    WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})
    RETURNING t.day)
INSERT INTO complaints_kpistale (day)
SELECT DISTINCT day FROM (SELECT day FROM gone UNION ALL SELECT day FROM kept) AS changed
WHERE EXISTS (SELECT FROM complaints_kpinight n WHERE n.day = changed.day)
"""


def tally_stale(*, batch: int = BATCH) -> int:
    """Computes the noted tallies anew, one transaction per batch; returns how many were noted."""
    tally_count = 0
    while batch_count := _tally_batch(batch):
        tally_count += batch_count
    return tally_count


def lock_nights() -> None:
    """Locks tallies and nights until the transaction ends: one worker computes at a time."""
    lock_until_commit(AdvisoryLock.NIGHTLY_FIGURES)


@transaction.atomic
def _tally_batch(most: int) -> int:
    """Takes the oldest noted tickets and tests and computes their tallies; returns how many."""
    lock_nights()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [most])
        rows = cursor.fetchall()
        if rows:
            _reckon(
                sorted({ticket for ticket, _test in rows if ticket is not None}),
                sorted({test for _ticket, test in rows if test is not None}),
            )
    return len(rows)


def _reckon(tickets: list[int], tests: list[int]) -> None:
    """Replaces the tallies of these records by those that follow from the records now."""
    with connection.cursor() as cursor:
        # Compiling the statement takes longer than running it.
        cursor.execute("SET LOCAL jit = off")
        # A household's tests of one day count once, so tests of the same days are computed too.
        cursor.execute(SAME_DAYS, {"tickets": tickets, "tests": tests})
        same_days = [test for (test,) in cursor.fetchall()]
        cursor.execute(_RECKON, {"tickets": tickets, "tests": same_days})


def note_everything() -> None:
    """Marks every ticket and test as stale, so that the next run counts all of them again."""
    with connection.cursor() as cursor:
        cursor.execute(_EVERYTHING)
