"""Private servers in `.local/` that run exactly as long as somebody uses them.

Whoever uses one (a command, the web server, a worker, a test session) holds a shared lock on its
`users` file. The last to leave gets that lock alone and stops the server. The kernel frees the
lock of a killed process, so a server left behind is taken over, and stopped, by the next user.
"""

import fcntl
import hashlib
import os
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL = CHECKOUT / ".local"

PATIENCE_SECONDS = 600  # replaying the log after a crash takes a while
LONGEST_SOCKET_DIRECTORY = 85  # the kernel takes 107 bytes, the socket's own name included


class ServerFailed(Exception):
    """The server cannot run; the message says what to do."""


class EmbeddedServer(ABC):
    """A server with its data and locks under one home directory."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._users: int | None = None

    @abstractmethod
    def answers(self) -> bool:
        """Say whether a client would be served at this moment."""

    @abstractmethod
    def _processes(self) -> list[int]:
        """The server's processes, whether they answer or not."""

    @abstractmethod
    def _start(self) -> None:
        """Start and wait until it answers; none of its processes is there."""

    @abstractmethod
    def stop(self) -> None:
        """Stop, wait until it is gone; nothing happens when it does not run."""

    def ensure_running(self) -> None:
        """Start it unless it answers; of several callers one starts and the others wait."""
        starting = os.open(self.home / "starting", os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if not self.answers() and not self._settled():
                self._start()
        finally:
            os.close(starting)

    def attach(self) -> None:
        """Begin to use it; it runs afterwards."""
        if self._users is None:
            self.home.mkdir(parents=True, exist_ok=True)
            self._users = os.open(self.home / "users", os.O_RDONLY | os.O_CREAT, 0o644)
            fcntl.flock(self._users, fcntl.LOCK_SH)
        self.ensure_running()

    def detach(self) -> None:
        """Stop using it; the last user stops it."""
        if self._users is None:
            return
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.stop()
        except BlockingIOError:
            pass
        finally:
            os.close(self._users)
            self._users = None

    def _settled(self) -> bool:
        """Wait until a server that comes up or is busy answers, or until a dying one is gone."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._processes():
            if self.answers():
                return True
            if time.monotonic() > deadline:
                raise ServerFailed(f"the server in {self.home} neither answers nor ends")
            time.sleep(0.05)
        return False

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Have it running inside the block."""
        self.attach()
        try:
            yield
        finally:
            self.detach()


def processes_in(directory: Path, name: str) -> list[int]:
    """Returns the processes of this name that work in the directory; a zombie works nowhere."""
    place = directory.resolve()
    process_ids = []
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            working = (process / "cwd").readlink() == place
            if working and (process / "comm").read_text().startswith(name):
                process_ids.append(int(process.name))
        except OSError:
            continue  # it has ended, or is somebody else's
    return process_ids


def socket_directory(data: Path) -> Path:
    """Where the server's socket lies: with its data, or in /tmp when that path is too long."""
    if len(os.fsencode(data)) <= LONGEST_SOCKET_DIRECTORY:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"heating-{digest}"
