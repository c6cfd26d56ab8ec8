"""The repairer's queue is tested in its own language; this runs those tests."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_the_queue_on_the_phone_passes_its_own_tests() -> None:
    node = Path(sys.executable).with_name("node")
    answer = subprocess.run(
        [node, "--test", "--test-force-exit", "--test-reporter=tap", HERE / "crew_queue.test.js"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "# pass 7\n" in answer.stdout
