"""The admin screens of the office; importing this registers them."""

from office.admin import calendar, companies, documents, jobs, journal, users

__all__ = ["calendar", "companies", "documents", "jobs", "journal", "users"]
