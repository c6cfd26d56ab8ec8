"""What the clock starts: one entry per task, read by the scheduler at its start."""

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "requeue_stale_jobs": {"task": "office.requeue_stale_jobs", "schedule": 60},
}
