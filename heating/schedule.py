"""The schedule: one entry per periodic task, read by the scheduler when it starts."""

from typing import Any

from celery.schedules import crontab

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "requeue_stale_jobs": {"task": "office.requeue_stale_jobs", "schedule": 60},
    # A task that could not start in time is dropped: the next one does the same work.
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
    "sweep_refunds": {
        "task": "billing.sweep_refunds",
        "schedule": 20,
        "options": {"expires": 20},
    },
    # WeChat Pay requires a refresh more often than every twelve hours.
    "refresh_certificates": {"task": "billing.refresh_certificates", "schedule": 36000},
    "scan_breaches": {
        "task": "complaints.scan_breaches",
        "schedule": 30,
        "options": {"expires": 30},
    },
    # WeChat Pay makes the bill of a day at ten the next morning; the earlier ones find none, the
    # later ones compare days that wait for people.
    "reconcile_channels": {
        "task": "billing.reconcile_channels",
        "schedule": crontab(minute=10),
        "options": {"expires": 1800},
    },
    # At twenty past midnight in Shanghai; the later ones find nothing to do, or a missed night.
    "compute_kpis": {
        "task": "complaints.compute_kpis",
        "schedule": crontab(minute=20),
        "options": {"expires": 1800},
    },
    # At twenty-five past midnight in Shanghai; the later ones make up for a missed night.
    "watch_suppliers": {
        "task": "suppliers.watch_suppliers",
        "schedule": crontab(minute=25),
        "options": {"expires": 1800},
    },
    "watch_deadlines": {
        "task": "whistleblowing.watch_deadlines",
        "schedule": crontab(minute=35),
        "options": {"expires": 1800},
    },
    "end_retention": {
        "task": "whistleblowing.end_retention",
        "schedule": crontab(hour=2, minute=25),
        "options": {"expires": 3600},
    },
    "sweep_sealed_pieces": {
        "task": "whistleblowing.sweep_pieces",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600},
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
