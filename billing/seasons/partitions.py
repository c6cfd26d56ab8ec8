"""The partitions of a season: its own tables of bills, bill lines and bill postings.

A new season's tables are filled first and attached afterwards: PostgreSQL then builds the indexes
and checks the keys once, in bulk, and the bills of a whole city appear in one instant or not at
all. ATTACH PARTITION, unlike PARTITION OF, lets readers continue; writers wait while the keys are
checked.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from billing.models import HeatingSeason
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit
from office.refusals import Refused


@dataclass(frozen=True)
class SeasonTables:
    """The names of one season's tables, in the order in which they are attached."""

    season_id: int

    @property
    def bill(self) -> str:
        return f"billing_bill_s{int(self.season_id)}"

    @property
    def line(self) -> str:
        return f"billing_billline_s{int(self.season_id)}"

    @property
    def transfer(self) -> str:
        return f"billing_transfer_s{int(self.season_id)}"

    def with_parents(self) -> tuple[tuple[str, str, str], ...]:
        """Returns (table, parent, partition key) of each table."""
        return (
            (self.bill, "billing_bill", "season_id"),
            (self.line, "billing_billline", "season_id"),
            (self.transfer, "billing_transfer", "book"),
        )


def are_attached(season: HeatingSeason) -> bool:
    """Returns whether the season's tables are partitions of the books."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_inherits WHERE inhrelid = to_regclass(%s)",
            [SeasonTables(season.pk).bill],
        )
        return bool(cursor.fetchone()[0])


def ensure_season_partitions(season: HeatingSeason) -> None:
    """A step of operations that write single bills: attaches empty tables if there are none.

    Raises `Refused` while a run is filling the season's tables.
    """
    if are_attached(season):
        return
    lock_books()
    with connection.cursor() as cursor:
        _lock_season(season)
        # Another transaction may have attached them while this one waited for the locks.
        if are_attached(season):
            return
        if _exists(cursor, SeasonTables(season.pk).bill):
            raise Refused(
                "season_being_issued", _("%(season)s 采暖季正在出账，请稍后再试。"), season=season
            )
    build_detached(season)
    attach(season)


def build_detached(season: HeatingSeason) -> None:
    """A step: creates the season's tables without indexes, not yet attached; existing ones stay."""
    with connection.cursor() as cursor:
        for table, parent, key in SeasonTables(season.pk).with_parents():
            # With this CHECK, ATTACH need not read the whole table to prove the partition key.
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {table}"
                f" (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS,"
                f" CONSTRAINT {table}_key CHECK ({key} = {int(season.pk)}))"
            )


def attach(season: HeatingSeason) -> None:
    """A step: makes the tables partitions of the books, which builds indexes and checks keys."""
    with connection.cursor() as cursor:
        _lock_season(season)
        # Building the indexes and checking the foreign keys of a city sorts and hashes in memory.
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for table, parent, _ in SeasonTables(season.pk).with_parents():
            cursor.execute(
                f"ALTER TABLE {parent} ATTACH PARTITION {table} FOR VALUES IN ({int(season.pk)})"
            )
            # The partition's own bound says the same from now on.
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_key")


def _exists(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return bool(cursor.fetchone()[0])


def lock_books() -> None:
    """Waits until no account is locked, and lets nobody lock one until the transaction ends.

    Attaching checks keys under locks of whole tables. A payment takes such locks one by one as it
    writes: without this lock before the first of them, each could wait for a table of the other.
    """
    lock_until_commit(AdvisoryLock.BOOKS)


def _lock_season(season: HeatingSeason) -> None:
    """Locks the season's tables until the transaction ends; the next then sees them attached."""
    lock_until_commit(AdvisoryLock.SEASON_TABLES, season.pk)
