"""The clock of the tests: it stands at one moment, whatever day it is outside.

Screens, jobs and tests read the same clock. Each reading is a microsecond later than the one
before, so that what happens one after the other also is in order.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from axes import attempts
from axes.handlers import proxy
from django.utils import timezone

ROOT = Path(__file__).resolve().parents[1]
# A Monday at half past ten in Shanghai, in the heating season.
PRESENT = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)
# Here the clock runs, because something takes part whose clock nobody can set.
REAL_TIME = {
    "tests/bench/": "how long something takes is measured",
    "tests/browser/": "Chromium is a process with a clock of its own, and pages write its moments",
    "tests/simulators/": "the simulator of WeChat Pay signs its answers with its own time",
    "tests/billing/wechat/test_wechat_certificates.py": "the simulator signs with its own time",
    "tests/billing/wechat/test_wechat_notify.py": "the simulator signs with its own time",
    "tests/billing/reconciliation/test_wechat_day.py": "the simulator signs with its own time",
    "tests/billing/refunds/test_refund_calls.py": "the simulator signs with its own time",
    "tests/billing/portal/test_payment_intents.py": "the simulator signs with its own time",
    "tests/billing/portal/test_schema.py": "the simulator signs with its own time",
    "tests/customers/esign/test_esign.py": "the simulator signs with its own time",
    "tests/customers/messages/test_messages.py": "a sender is a process of its own, to be killed",
    "tests/office/documents/test_kept_files.py": "the disk says when a file was written",
    "tests/stories/test_from_list_to_receipt.py": "the simulator signs with its own time",
    "tests/stories/test_kpi_worker_killed.py": "a worker is a process of its own, to be killed",
    "tests/stories/test_worker_killed.py": "a worker is a process of its own, to be killed",
}


def present() -> datetime:
    """Returns what the clock shows that the test and the house read."""
    return timezone.now()


def runs_in(path: str) -> bool:
    """Returns whether the clock runs in the test file of this path below the project's root."""
    return path.startswith(tuple(REAL_TIME))


def stop_clock(patch: pytest.MonkeyPatch, *, since: datetime = PRESENT) -> None:
    """Lets `timezone.now` count microseconds from that moment until the patch is undone."""
    now = _readings(since)
    patch.setattr(timezone, "now", now)
    # axes has the function itself, not the module.
    patch.setattr(attempts, "now", now)
    patch.setattr(proxy, "now", now)


def _readings(since: datetime) -> Callable[[], datetime]:
    # Threads read the same clock; `next` of a count is one step of the interpreter.
    readings = count()
    return lambda: since + next(readings) * TICK
