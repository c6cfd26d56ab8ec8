from office.models.approval import (
    Approval,
    ApprovalOpinion,
    ApprovalRule,
    Delegation,
    Verdict,
)
from office.models.calendar_version import CalendarVersion
from office.models.clock_entry import ClockEntry, PromiseMade
from office.models.company import Company
from office.models.document import Document
from office.models.document_access import AccessOutcome, DocumentAccess
from office.models.interest import InterestDeclaration, InterestScene
from office.models.job import Job, JobState
from office.models.journal import JournalEntry
from office.models.machine_token import MachineToken
from office.models.numbering import NumberSeries
from office.models.one_time_link import OneTimeLink
from office.models.organisation import (
    Appointment,
    Department,
    Person,
    Post,
    PostTerm,
    Rank,
)
from office.models.organisation_list import OrganisationList, OrganisationListKind
from office.models.paper_revocation import PaperRevocation
from office.models.run import ParkedRow, Run
from office.models.user import User

__all__ = [
    "Approval",
    "ApprovalOpinion",
    "ApprovalRule",
    "Delegation",
    "Verdict",
    "CalendarVersion",
    "AccessOutcome",
    "ClockEntry",
    "Company",
    "Document",
    "DocumentAccess",
    "InterestDeclaration",
    "InterestScene",
    "Job",
    "JobState",
    "JournalEntry",
    "MachineToken",
    "NumberSeries",
    "OneTimeLink",
    "Appointment",
    "Department",
    "Person",
    "Post",
    "PostTerm",
    "Rank",
    "OrganisationList",
    "OrganisationListKind",
    "PaperRevocation",
    "ParkedRow",
    "PromiseMade",
    "Run",
    "User",
]
