"""The admin screens of the office; importing this registers them."""

from office.admin import (
    approvals,
    calendar,
    companies,
    documents,
    jobs,
    journal,
    machine_tokens,
    users,
)

__all__ = [
    "approvals",
    "calendar",
    "companies",
    "documents",
    "jobs",
    "journal",
    "machine_tokens",
    "users",
]
