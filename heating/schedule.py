"""What the clock starts: one entry per task, read by the scheduler at its start."""

from typing import Any

from celery.schedules import crontab

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "requeue_stale_jobs": {"task": "office.requeue_stale_jobs", "schedule": 60},
    # One that could not be started in time is not wanted any more: the next one does the same.
    "process_waiting_events": {
        "task": "billing.process_waiting_events",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "sweep_attempts": {
        "task": "billing.sweep_attempts",
        "schedule": 10,
        "options": {"expires": 10},
    },
    # WeChat Pay asks for less than twelve hours.
    "refresh_certificates": {"task": "billing.refresh_certificates", "schedule": 36000},
    "scan_breaches": {
        "task": "complaints.scan_breaches",
        "schedule": 30,
        "options": {"expires": 30},
    },
    # At twenty past midnight in Shanghai; the later ones find nothing to do, or a missed night.
    "compute_kpis": {
        "task": "complaints.compute_kpis",
        "schedule": crontab(minute=20),
        "options": {"expires": 1800},
    },
    "confirm_receipts": {
        "task": "complaints.confirm_receipts",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "send_messages": {
        "task": "customers.send_messages",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "remove_lost_files": {
        "task": "office.remove_lost_files",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
    "forget_sign_ins": {"task": "customers.forget_sign_ins", "schedule": 86400},
}
