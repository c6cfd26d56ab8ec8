from office.models.company import Company
from office.models.document import Document
from office.models.job import Job, JobState
from office.models.journal import JournalEntry
from office.models.numbering import NumberSeries
from office.models.user import User
from office.models.workday import WorkdayOverride

__all__ = [
    "Company",
    "Document",
    "Job",
    "JobState",
    "JournalEntry",
    "NumberSeries",
    "User",
    "WorkdayOverride",
]
