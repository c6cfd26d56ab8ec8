"""The scripts of `static/` are tested in their own language; this runs those tests on Node.js."""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
_TEST = re.compile(r"^ *test\(", re.M)


def test_the_scripts_pass_their_own_tests() -> None:
    node = Path(sys.executable).with_name("node")
    files = sorted(HERE.rglob("*.test.js"))
    answer = subprocess.run(
        [node, "--test", "--test-force-exit", "--test-reporter=tap", *files],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    passed = re.search(r"^# pass (\d+)$", answer.stdout, re.M)
    written = sum(len(_TEST.findall(file.read_text(encoding="utf-8"))) for file in files)
    # A test in a loop runs more than once, so that more may pass than are written.
    assert passed is not None
    assert int(passed[1]) >= written > len(files)
