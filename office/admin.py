"""The admin screens of the office; importing this registers them."""

from office.approvals import admin as approvals
from office.documents import admin as documents
from office.interests import admin as interests
from office.jobs import admin as jobs
from office.journal_page import admin as journal
from office.organisation import admin as organisation
from office.organisation import company_admin as companies
from office.staff import admin as staff
from office.tokens import admin as tokens
from office.working_days import admin as working_days

__all__ = [
    "approvals",
    "companies",
    "documents",
    "interests",
    "jobs",
    "journal",
    "organisation",
    "staff",
    "tokens",
    "working_days",
]
