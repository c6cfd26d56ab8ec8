"""The tables of the island; all ids are random and no content stands in clear."""

from whistleblowing.models.case_entry import CaseEntry
from whistleblowing.models.clock import ClockRule, Notice, OwedStep, StepKind
from whistleblowing.models.concluded_case import ConcludedCase
from whistleblowing.models.findings import FindingsCopy
from whistleblowing.models.identity import (
    IdentityDecision,
    IdentityRecord,
    IdentityRequest,
    IdentityShare,
)
from whistleblowing.models.integrity import Attendance, PledgeDuty, SignedPledge, Training
from whistleblowing.models.officer import EscrowShare, KeyRecovery, Officer, RecoveryApproval
from whistleblowing.models.open_key import OpenKey, ReceiptSalt
from whistleblowing.models.protection import Watch, WatchNote, WatchShare
from whistleblowing.models.report import Report, ReportKey, SealedKey
from whistleblowing.models.retention import (
    Destruction,
    Retention,
    RetentionRule,
    RetentionWarning,
)
from whistleblowing.models.routing import RoutingRule
from whistleblowing.models.sealed_file import FilePiece, SealedFile
from whistleblowing.models.system_event import SystemEvent

__all__ = [
    "Attendance",
    "CaseEntry",
    "ClockRule",
    "ConcludedCase",
    "Destruction",
    "EscrowShare",
    "FilePiece",
    "FindingsCopy",
    "IdentityDecision",
    "IdentityRecord",
    "IdentityRequest",
    "IdentityShare",
    "KeyRecovery",
    "Notice",
    "Officer",
    "OpenKey",
    "OwedStep",
    "PledgeDuty",
    "ReceiptSalt",
    "RecoveryApproval",
    "Report",
    "ReportKey",
    "Retention",
    "RetentionRule",
    "RetentionWarning",
    "RoutingRule",
    "SealedFile",
    "SealedKey",
    "SignedPledge",
    "StepKind",
    "SystemEvent",
    "Training",
    "Watch",
    "WatchNote",
    "WatchShare",
]
