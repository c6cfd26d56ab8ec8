"""Keeps several programs running together and ends them together.

The library honcho ends every program as soon as one of them ends, and leaves them running without
a parent when it is killed itself. Here a program that dies is started again with growing pauses,
and the kernel ends the programs of a supervisor that was killed.
"""

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

logger = logging.getLogger(__name__)

GRACE_SECONDS = 20
LONGEST_PAUSE_SECONDS = 30
STEADY_SECONDS = 10
LOOK_EVERY_SECONDS = 1.0

_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_libc = ctypes.CDLL(None, use_errno=True)


def _end_with_parent() -> None:
    """Runs in the child: asks the kernel to end it when the supervisor is killed."""
    _libc.prctl(_END_WITH_PARENT, signal.SIGTERM)


class Child:
    """A program that is started again when it ends; the pause grows while it ends at once."""

    def __init__(
        self, name: str, command: Sequence[str], *, log: Path | None = None, quiet: bool = False
    ) -> None:
        """With a `log` its errors are written there; with `quiet` its whole output."""
        self.name = name
        self.command = command
        self.log = log
        self.quiet = quiet
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause_seconds = 1.0

    def start(self) -> None:
        self._started_at = time.monotonic()
        with self.log.open("ab") if self.log else contextlib.nullcontext() as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log if self.quiet else None,
                stderr=log,
                # Ctrl-C reaches the supervisor alone, which ends the children in good order.
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def restart_if_dead(self) -> None:
        if self._process is None or self._process.poll() is None:
            return
        age = time.monotonic() - self._started_at
        if age > STEADY_SECONDS:
            self._pause_seconds = 1.0
        if age < self._pause_seconds:
            return
        logger.warning("%s ended with %s and is started again", self.name, self._process.returncode)
        self._pause_seconds = min(self._pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        self.start()

    def ask_to_end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def end(self, deadline: float) -> None:
        """Waits for the program until the deadline, then kills it with its children."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("%s does not end and is killed", self.name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def supervise(children: Sequence[Child], look_after: Callable[[], None]) -> None:
    """Runs the children until SIGINT, SIGTERM or SIGHUP; calls `look_after` every second."""
    ending = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ending.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        for child in children:
            child.start()
        while not ending.wait(LOOK_EVERY_SECONDS):
            look_after()
            for child in children:
                child.restart_if_dead()
    finally:
        deadline = time.monotonic() + GRACE_SECONDS
        for child in children:
            child.ask_to_end()
        for child in children:
            child.end(deadline)
