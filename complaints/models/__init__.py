from complaints.models.call_back import (
    UNANSWERED,
    CallBack,
    CallBackAttempt,
    CallOutcome,
    HeardThrough,
    Satisfaction,
)
from complaints.models.clock_event import ClockEvent
from complaints.models.crew import Crew
from complaints.models.escalation import Escalation
from complaints.models.hand_over import HandOver, HandOverReply, departments_of
from complaints.models.incident import Incident, IncidentLevel, Notice, NoticeRecipient
from complaints.models.knowledge import Answer, Article, ArticleVersion
from complaints.models.kpi import KpiCorrection, KpiFact, KpiNight, KpiStale, KpiTally
from complaints.models.promise import Promise, PromiseCause
from complaints.models.promise_rule import AfterUnanswered, CallBackPolicy, PromiseRule
from complaints.models.ringing_call import RingingCall
from complaints.models.roster import DutyPeriod
from complaints.models.solution_verdict import SolutionVerdict
from complaints.models.spot_check import SkipReason, SpotCheckItem, SpotCheckPlan
from complaints.models.temperature_test import TemperatureReading, TemperatureTest
from complaints.models.ticket import Ticket
from complaints.models.ticket_note import NoteSource, TicketNote
from complaints.models.visit import ItemKind, Visit, VisitItem, VisitOutcome
from complaints.models.visit_step import StepAnswer, VisitStep

__all__ = [
    "AfterUnanswered",
    "Answer",
    "Article",
    "ArticleVersion",
    "CallBack",
    "CallBackAttempt",
    "CallBackPolicy",
    "CallOutcome",
    "ClockEvent",
    "Crew",
    "DutyPeriod",
    "Escalation",
    "HandOver",
    "HandOverReply",
    "HeardThrough",
    "Incident",
    "IncidentLevel",
    "ItemKind",
    "NoteSource",
    "KpiCorrection",
    "KpiFact",
    "KpiNight",
    "KpiStale",
    "KpiTally",
    "Notice",
    "NoticeRecipient",
    "Promise",
    "PromiseCause",
    "PromiseRule",
    "RingingCall",
    "Satisfaction",
    "StepAnswer",
    "SkipReason",
    "SpotCheckItem",
    "SpotCheckPlan",
    "SolutionVerdict",
    "TemperatureReading",
    "TemperatureTest",
    "Ticket",
    "TicketNote",
    "UNANSWERED",
    "Visit",
    "VisitItem",
    "VisitOutcome",
    "VisitStep",
    "departments_of",
]
