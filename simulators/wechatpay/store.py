"""The simulator's data: one SQLite file that survives a restart."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    out_trade_no TEXT PRIMARY KEY,
    trade_type TEXT NOT NULL,
    parameters TEXT NOT NULL,
    description TEXT NOT NULL,
    attach TEXT NOT NULL,
    total_fen INTEGER NOT NULL,
    notify_url TEXT NOT NULL,
    openid TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    placed_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    code_made_at INTEGER NOT NULL,
    transaction_id TEXT UNIQUE,
    payer_total_fen INTEGER,
    paid_at INTEGER
);
CREATE TABLE IF NOT EXISTS refunds (
    refund_id TEXT PRIMARY KEY,
    out_refund_no TEXT NOT NULL UNIQUE,
    out_trade_no TEXT NOT NULL REFERENCES orders,
    refund_fen INTEGER NOT NULL,
    refunded_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS refund_requests (
    out_refund_no TEXT PRIMARY KEY,
    out_trade_no TEXT NOT NULL REFERENCES orders,
    refund_id TEXT NOT NULL UNIQUE,
    refund_fen INTEGER NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    notify_url TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    out_trade_no TEXT NOT NULL,
    url TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    plaintext BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at REAL NOT NULL,
    last_answer TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL,
    fault TEXT NOT NULL,
    times INTEGER NOT NULL,
    details TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS oauth_codes (
    code TEXT PRIMARY KEY,
    openid TEXT NOT NULL,
    made_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS bill_files (
    token TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    made_at INTEGER NOT NULL
);
"""


class Store:
    """One connection under one lock: simple, and fast enough to play one merchant."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Runs a transaction: everything is written or nothing."""
        with self._lock:
            # IMMEDIATE takes SQLite's write lock at once: a transaction that reads first and
            # writes later could fail when another process writes in between.
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> sqlite3.Row | None:
        """Returns the first row, or None."""
        rows = self.rows(query, *values)
        return rows[0] if rows else None

    def setting(self, name: str, default: str) -> str:
        """Returns the setting, or the default while it is not set."""
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return default if row is None else str(row["value"])

    def set(self, name: str, value: str) -> None:
        with self.change() as db:
            db.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))

    def close(self) -> None:
        with self._lock:
            self._db.close()
