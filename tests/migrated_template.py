"""The migrated database from which each worker copies its own.

Migrating takes 20 seconds, copying less than one. The server keeps the migrated databases between
test runs, one for each state of what migrations are made of; `migrate` runs on every copy all the
same, so the roles come from today's code.
"""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from heating.embedded.server import CHECKOUT

PREFIX = "migrated_"
NEWEST = 4  # as many branches can be worked on in turn without migrating again
LOCK = 1


def migrated_template() -> str:
    """Returns the name of a database with all migrations; of several workers one makes it."""
    name = PREFIX + fingerprint()
    database = connection.settings_dict
    with psycopg.connect(
        host=database["HOST"], user=database["USER"], dbname="postgres", autocommit=True
    ) as server:
        # The lock belongs to the connection: a killed worker frees it.
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        templates = [
            row[0]
            for row in server.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC",
                [PREFIX],
            )
        ]
        if name not in templates:
            for outdated in templates[NEWEST - 1 :]:
                server.execute(f"DROP DATABASE {outdated}")
            unfinished = f"unfinished_{name}"
            migrate_into(unfinished)
            # It gets its name only when it is whole.
            server.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return name


def migrate_into(name: str) -> None:
    """Creates the database and migrates it; one of this name that was left behind is replaced."""
    database = connection.settings_dict
    name_before, name_of_tests = database["NAME"], database["TEST"]["NAME"]
    database["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        settings.DATABASES[connection.alias]["NAME"] = database["NAME"] = name_before
        database["TEST"]["NAME"] = name_of_tests


def fingerprint() -> str:
    """Returns a digest of the migrations, of our modules they import and of the packages."""
    files = sorted({*ingredients(), CHECKOUT / "requirements.lock"})
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(CHECKOUT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:20]


def ingredients() -> Iterator[Path]:
    """Yields the files of our migrations and, from there, whatever of ours they import."""
    waiting = sorted(CHECKOUT.glob("*/migrations/*.py"))
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        yield file
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module:
                module = CHECKOUT.joinpath(*node.module.split("."))
                names = [module, *(module / alias.name for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [CHECKOUT.joinpath(*alias.name.split(".")) for alias in node.names]
            else:
                continue
            for place in names:
                for source_file in (place.with_suffix(".py"), place / "__init__.py"):
                    if source_file.exists():
                        waiting.append(source_file)
