"""The admin screens of the office; importing this registers them."""

from office.admin import (
    approvals,
    calendar,
    companies,
    documents,
    interests,
    jobs,
    journal,
    machine_tokens,
    organisation,
    users,
)

__all__ = [
    "approvals",
    "calendar",
    "companies",
    "documents",
    "interests",
    "jobs",
    "journal",
    "machine_tokens",
    "organisation",
    "users",
]
