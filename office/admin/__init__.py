"""The admin screens of the office; importing this registers them."""

from office.admin import calendar, companies, documents, jobs, journal, machine_tokens, users

__all__ = ["calendar", "companies", "documents", "jobs", "journal", "machine_tokens", "users"]
