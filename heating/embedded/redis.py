"""The Redis of the demo: Debian's program, run privately on a unix socket."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from heating.embedded.server import (
    LOCAL,
    PATIENCE_SECONDS,
    EmbeddedServer,
    ServerFailed,
    processes_in,
    socket_directory,
)


def development_redis() -> "EmbeddedRedis":
    """The broker and cache of the demo and of `manage.py`; its queue survives restarts."""
    return EmbeddedRedis(LOCAL / "redis")


class EmbeddedRedis(EmbeddedServer):
    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.socket = socket_directory(home) / "redis.sock"

    def broker_url(self) -> str:
        """Celery's name for it."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def cache_url(self) -> str:
        """Django's name for it; the cache has a database of its own."""
        return f"unix://{self.socket}?db=1"

    def answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        for process in self._processes():
            os.kill(process, signal.SIGTERM)  # writes its log to the disk and ends
        self._wait(lambda: not self._processes(), "does not end")

    def _processes(self) -> list[int]:
        return processes_in(self.home, "redis")

    def _start(self) -> None:
        # Debian's redis-server is this very program under another name; taking it from
        # redis-tools spares the machine a service on port 6379.
        program = shutil.which("redis-server") or shutil.which("redis-check-rdb")
        if program is None:
            raise ServerFailed("redis-server is missing: run make setup")
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        arguments = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        arguments += ["--dir", str(self.home), "--appendonly", "yes", "--save", ""]
        arguments += ["--daemonize", "yes", "--logfile", str(self.home / "redis.log")]
        subprocess.run(
            ["redis-server", *arguments],
            executable=program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=os.sep,
            check=True,
        )
        self._wait(self.answers, "does not answer")

    def _client(self) -> redis.Redis:
        at_once = Retry(NoBackoff(), retries=0)  # by default a missing socket takes seconds
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5, retry=at_once)

    def _wait(self, condition: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise ServerFailed(f"Redis {complaint}; see {self.home / 'redis.log'}")
            time.sleep(0.02)
