"""The front page: what waits for this person, and how the day goes."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.models import Alarm, BillingRun, Shift
from billing.queries.day_takings import Takings, day_takings
from billing.states import BillingRunState, ShiftState
from complaints.queries.waiting import ServiceDesk, service_desk
from office.calendar import business_date
from office.models import DocumentAccess, Job, JobState, User
from office.queries.documents import damaged_documents

MOST_SHOWN = 8


@dataclass(frozen=True)
class Desk:
    """Everything the front page shows; None or empty where it is not this person's business."""

    may_search: bool
    may_take: bool
    may_run: bool
    shift: Shift | None = None
    takings: list[Takings] | None = None
    runs: list[BillingRun] | None = None
    alarms: list[Alarm] | None = None
    jobs: list[Job] | None = None
    damaged: list[DocumentAccess] | None = None
    service: ServiceDesk | None = None
    may_open_ticket: bool = False
    day: Any = field(default=None)

    @property
    def taken_fen(self) -> int:
        return sum(row.amount_fen for row in self.takings or [])

    @property
    def taken_count(self) -> int:
        return sum(row.count for row in self.takings or [])


def desk_of(user: User) -> Desk:
    """The front page of this person: at most nine queries, whatever there is."""
    now = timezone.now()
    today = business_date(now)
    return Desk(
        may_search=user.has_perm("customers.view_account"),
        may_take=user.has_perm("billing.take_cash"),
        may_run=user.has_perm("billing.create_billing_run"),
        shift=_open_shift(user),
        takings=day_takings(today, user) if user.has_perm("billing.view_shift") else None,
        runs=_runs_at_hand(user),
        alarms=_unresolved_alarms(user),
        jobs=_jobs_at_hand(user),
        damaged=_damaged_documents(user),
        service=service_desk(user, now) if _serves(user) else None,
        may_open_ticket=user.has_perm("complaints.open_ticket"),
        day=today,
    )


def _serves(user: User) -> bool:
    """Whose day is tickets: who takes them in, sends crews, or does the work."""
    verbs = ("open_ticket", "assign_ticket", "accept_assignment")
    return any(user.has_perm(f"complaints.{verb}") for verb in verbs)


def _open_shift(user: User) -> Shift | None:
    if not user.has_perm("billing.open_shift"):
        return None
    return (
        Shift.objects.filter(cashier=user, state=ShiftState.OPEN).select_related("company").first()
    )


def _runs_at_hand(user: User) -> list[BillingRun] | None:
    if not user.has_perm("billing.view_billingrun"):
        return None
    under_way = (BillingRunState.CLOSED, BillingRunState.CANCELLED)
    rows = BillingRun.objects.visible_to(user).exclude(state__in=under_way)
    return _few(rows.select_related("season", "company", "created_by"))


def _unresolved_alarms(user: User) -> list[Alarm] | None:
    if not user.has_perm("billing.view_alarm"):
        return None
    rows = Alarm.objects.visible_to(user).filter(resolved_at__isnull=True)
    return _few(rows.select_related("company"))


def _jobs_at_hand(user: User) -> list[Job] | None:
    if not user.has_perm("office.view_job"):
        return None
    live = Q(state__in=[JobState.QUEUED, JobState.RUNNING]) | Q(state=JobState.FAILED)
    return _few(Job.objects.visible_to(user).filter(live).order_by("-pk"))


def _damaged_documents(user: User) -> list[DocumentAccess] | None:
    if not user.has_perm("office.view_documentaccess"):
        return None
    return _few(damaged_documents(user))


def _few(rows: QuerySet[Any]) -> list[Any]:
    return list(rows[:MOST_SHOWN])
