"""Children live and end with their supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from heating.supervisor import Child
from tests.patience import PATIENCE_SECONDS, wait_for

PROGRAM = """
import sys
from heating.supervisor import Child, supervise
sleeper = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} '); time.sleep(600)"
supervise([Child("sleeper", [sys.executable, "-c", sleeper, sys.argv[1]])], lambda: None)
"""


@pytest.fixture
def births(tmp_path: Path) -> Path:
    """Where every sleeper writes its number."""
    path = tmp_path / "births"
    path.touch()
    return path


@pytest.fixture
def supervisor(births: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(births)]) as process:
        wait_for(lambda: births.read_text().count(" ") == 1)
        yield process
        process.kill()


def is_gone(process: int) -> bool:
    """No longer there, or waiting for a parent that does not look."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return True
    return state == "Z"


class TestSupervise:
    def test_a_dead_child_is_started_again(
        self, births: Path, supervisor: subprocess.Popen[bytes]
    ) -> None:
        os.kill(int(births.read_text()), signal.SIGKILL)
        wait_for(lambda: births.read_text().count(" ") == 2)

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_all_in_good_order(
        self, births: Path, supervisor: subprocess.Popen[bytes], number: signal.Signals
    ) -> None:
        supervisor.send_signal(number)
        assert supervisor.wait(PATIENCE_SECONDS) == 0
        assert is_gone(int(births.read_text()))

    def test_a_killed_supervisor_leaves_no_orphan(
        self, births: Path, supervisor: subprocess.Popen[bytes]
    ) -> None:
        supervisor.kill()
        supervisor.wait(PATIENCE_SECONDS)
        wait_for(lambda: is_gone(int(births.read_text())))


class TestChild:
    @pytest.mark.parametrize(("quiet", "output"), [(False, "complaint"), (True, "word complaint")])
    def test_its_complaints_go_to_its_log(self, tmp_path: Path, quiet: bool, output: str) -> None:
        program = "import sys; print('word', flush=True); print('complaint', file=sys.stderr)"
        log = tmp_path / "child.log"
        child = Child("child", [sys.executable, "-c", program], log=log, quiet=quiet)
        child.start()
        child.end(time.monotonic() + PATIENCE_SECONDS)
        assert log.read_text().split() == output.split()
