"""The register of PostgreSQL's advisory locks: every number stands here once.

A lock is a pair of numbers: its class from the register and the key of what is locked. A name
serves as key by its hash; two names with the same hash wait for each other, which is harmless.
"""

import enum

from django.db import connection


class AdvisoryLock(enum.IntEnum):
    """The classes of locks; a number is never used again for something else."""

    BEAT_LEADER = 1
    """One scheduler at a time; held by the session."""
    CALENDAR = 2
    """Publishing a version of the working calendar."""
    SIGN_IN = 3
    """Sending sign-in codes to one phone number."""
    ACCOUNT_LIST = 4
    """Importing an account list into one company; held by the session."""
    BOOKS = 5
    """Shared by whoever locks an account, exclusive for whoever attaches tables to the books."""
    SEASON_TABLES = 6
    """Attaching the tables of one season."""
    NIGHTLY_FIGURES = 7
    """Tallying tickets and freezing nights."""
    OUTSIDE_ORDER = 8
    """Taking in one order of the government line."""
    OWN_TICKET = 9
    """Reports and notes of one customer."""
    SUPPLY_LIST = 16
    """Importing a list of suppliers or dealings into one company."""
    ORGANISATION = 17
    """Changing the organisation chart."""
    ORGANISATION_LIST = 18
    """Importing a list of posts or people into one company."""
    CHANNEL_DAY = 21
    """Comparing one day of a payment channel with the books."""
    BANK_STATEMENT = 10
    """Importing a statement of one bank account; held by the session."""


def lock_until_commit(lock: AdvisoryLock, key: int | str = 0) -> None:
    """Waits for the lock and holds it until the transaction ends."""
    _execute("pg_advisory_xact_lock", lock, key)


def share_until_commit(lock: AdvisoryLock, key: int | str = 0) -> None:
    """Holds the lock together with others that share it until the transaction ends."""
    _execute("pg_advisory_xact_lock_shared", lock, key)


def lock_session(lock: AdvisoryLock, key: int = 0) -> None:
    """Waits for the lock and holds it until `unlock_session` or the end of the connection."""
    _execute("pg_advisory_lock", lock, key)


def unlock_session(lock: AdvisoryLock, key: int = 0) -> None:
    """Gives back what `lock_session` took."""
    _execute("pg_advisory_unlock", lock, key)


def _execute(function: str, lock: AdvisoryLock, key: int | str) -> None:
    hashed = "hashtext(%s)" if isinstance(key, str) else "%s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, {hashed})", [int(lock), key])
