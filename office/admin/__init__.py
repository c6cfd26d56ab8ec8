"""The admin screens of the office; importing this registers them."""

from office.admin import companies, documents, jobs, journal, users

__all__ = ["companies", "documents", "jobs", "journal", "users"]
