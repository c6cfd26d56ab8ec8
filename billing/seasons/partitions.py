"""The season's own partitions of bills, bill lines and bill postings.

A season's tables are filled first and attached afterwards: the indexes are built and the keys
checked once, in bulk, and the bills of a whole city appear in one instant or not at all.
ATTACH (and not PARTITION OF) lets readers go on; who writes waits while the keys are proved.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from billing.models import HeatingSeason
from office.advisory_locks import AdvisoryLock, lock_until_commit
from office.refusals import Refused


@dataclass(frozen=True)
class SeasonTables:
    """Names of one season's tables, in the order in which they are attached."""

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
        """(table, parent, partition key) of each."""
        return (
            (self.bill, "billing_bill", "season_id"),
            (self.line, "billing_billline", "season_id"),
            (self.transfer, "billing_transfer", "book"),
        )


def are_attached(season: HeatingSeason) -> bool:
    """Whether the season's bills are part of the books."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_inherits WHERE inhrelid = to_regclass(%s)",
            [SeasonTables(season.pk).bill],
        )
        return bool(cursor.fetchone()[0])


def ensure_season_partitions(season: HeatingSeason) -> None:
    """Have empty tables attached, so that single bills of the season can be written."""
    if are_attached(season):
        return
    lock_books()
    with connection.cursor() as cursor:
        _lock_season(season)
        if are_attached(season):
            return
        if _exists(cursor, SeasonTables(season.pk).bill):
            raise Refused(
                "season_being_issued", _("%(season)s 采暖季正在出账，请稍后再试。"), season=season
            )
    build_detached(season)
    attach(season)


def build_detached(season: HeatingSeason) -> None:
    """Create the season's tables beside the books, bare of indexes; existing ones are kept."""
    with connection.cursor() as cursor:
        for table, parent, key in SeasonTables(season.pk).with_parents():
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {table}"
                f" (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS,"
                f" CONSTRAINT {table}_key CHECK ({key} = {int(season.pk)}))"
            )


def attach(season: HeatingSeason) -> None:
    """Make the tables part of the books: builds their indexes and proves their keys."""
    with connection.cursor() as cursor:
        _lock_season(season)
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for table, parent, _ in SeasonTables(season.pk).with_parents():
            cursor.execute(
                f"ALTER TABLE {parent} ATTACH PARTITION {table} FOR VALUES IN ({int(season.pk)})"
            )
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_key")


def _exists(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return bool(cursor.fetchone()[0])


def lock_books() -> None:
    """Waits until nobody holds an account, and lets nobody lock one until the transaction ends.

    Attaching proves keys under locks of whole tables. A payment takes such locks one by one as it
    writes: without this lock before the first of them, each could wait for a table of the other.
    """
    lock_until_commit(AdvisoryLock.BOOKS)


def _lock_season(season: HeatingSeason) -> None:
    lock_until_commit(AdvisoryLock.SEASON_TABLES, season.pk)
