"""The checkout's own servers: shared, taken over, brought back, gone with the last user."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from heating.embedded.postgres import FORGETFUL, DisposablePostgres, EmbeddedPostgres
from heating.embedded.redis import EmbeddedRedis
from heating.embedded.server import EmbeddedServer, socket_directory

SMALL = {**FORGETFUL, "shared_buffers": "16MB"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "server"
    home.mkdir()
    yield home
    EmbeddedPostgres(home).discard()


@pytest.fixture(params=[EmbeddedPostgres, EmbeddedRedis])
def pair(request: pytest.FixtureRequest, home: Path) -> Iterator[list[EmbeddedServer]]:
    """Two users' views of one server."""
    servers = (
        [EmbeddedPostgres(home, SMALL) for _ in range(2)]
        if request.param is EmbeddedPostgres
        else [EmbeddedRedis(home) for _ in range(2)]
    )
    yield list(servers)
    servers[0].stop()


class TestAttach:
    def test_the_last_user_stops_it(self, pair: list[EmbeddedServer]) -> None:
        first, second = pair
        first.attach()
        second.attach()
        first.detach()
        assert second.answers()
        second.detach()
        assert not second.answers()
        assert second._processes() == []

    def test_a_killed_server_is_brought_back(self, pair: list[EmbeddedServer]) -> None:
        first, _ = pair
        with first.in_use():
            for process in first._processes():
                with suppress(ProcessLookupError):  # it ended with its parent
                    os.kill(process, signal.SIGKILL)
            first.ensure_running()
            assert first.answers()

    def test_a_server_left_behind_is_taken_over_and_stopped(
        self, pair: list[EmbeddedServer]
    ) -> None:
        left, next_user = pair
        left.attach()
        assert left._users is not None
        os.close(left._users)  # what the kernel does for a killed process
        running = set(next_user._processes())
        with next_user.in_use():
            assert running & set(next_user._processes())
        assert next_user._processes() == []


class TestEmbeddedPostgres:
    def test_rows_survive_a_restart(self, home: Path) -> None:
        server = EmbeddedPostgres(home, SMALL)
        where = {"host": str(server.host), "user": "heating", "dbname": "heating"}
        with server.in_use(), psycopg.connect(**where) as connection:  # type: ignore[arg-type]
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        with server.in_use(), psycopg.connect(**where) as connection:  # type: ignore[arg-type]
            assert connection.execute("SELECT answer FROM kept").fetchall() == [(42,)]

    def test_the_number_of_a_dead_server_given_to_another_process_is_no_obstacle(
        self, home: Path
    ) -> None:
        server = EmbeddedPostgres(home, SMALL)
        with server.in_use():
            pass
        place = server.data.resolve()
        (place / "postmaster.pid").write_text(f"{os.getppid()}\n{place}\n1764468000\n")
        with server.in_use():
            assert server.answers()

    def test_unfinished_clusters_are_begun_anew(self, home: Path) -> None:
        (home / "data.unfinished").mkdir()
        (home / "data.unfinished" / "PG_VERSION").write_text("18\n")
        server = EmbeddedPostgres(home, SMALL)
        with server.in_use():
            assert server.answers()

    def test_a_long_path_has_its_socket_elsewhere(self, tmp_path: Path) -> None:
        home = tmp_path / ("d" * 120)
        server = EmbeddedPostgres(home, SMALL)
        with server.in_use():
            assert server.answers()
        assert server.host != server.data
        server.host.rmdir()
        server.discard()


class TestDisposablePostgres:
    def test_data_survive_a_clean_stop_but_databases_of_killed_runs_do_not(
        self, home: Path
    ) -> None:
        server = DisposablePostgres(home, SMALL)
        with server.in_use(), server._connect() as connection:
            connection.execute("CREATE DATABASE migrated_1")
            connection.execute("CREATE DATABASE test_heating_killed")
        with server.in_use():
            assert databases(server) == {"postgres", "heating", "migrated_1"}

    def test_data_are_thrown_away_after_a_crash_or_on_a_machine_started_anew(
        self, home: Path
    ) -> None:
        server = DisposablePostgres(home, SMALL)
        with server.in_use():
            with server._connect() as connection:
                connection.execute("CREATE DATABASE migrated_1")
            for process in server._processes():
                with suppress(ProcessLookupError):  # it ended with its parent
                    os.kill(process, signal.SIGKILL)
        with server.in_use():
            assert databases(server) == {"postgres", "heating"}
            with server._connect() as connection:
                connection.execute("CREATE DATABASE migrated_2")
        (home / "stopped").write_text("of another boot")
        with server.in_use():
            assert databases(server) == {"postgres", "heating"}


def databases(server: EmbeddedPostgres) -> set[str]:
    with server._connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
        return {name for (name,) in rows}


class TestSocketDirectory:
    def test_a_short_path_keeps_its_socket(self) -> None:
        assert socket_directory(Path("/srv/heating/data")) == Path("/srv/heating/data")
