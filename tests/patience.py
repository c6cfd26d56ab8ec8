"""Waiting for what another process or thread does, however busy the machine is."""

import time
from collections.abc import Callable

# Only what never happens takes so long: a test that passes does not hang on this number.
PATIENCE_SECONDS = 180
STEP_SECONDS = 0.01


def wait_for(condition: Callable[[], bool], event: str = "it") -> None:
    """Returns once the condition is true; fails when it stays false."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{event} did not come about"
        time.sleep(STEP_SECONDS)
