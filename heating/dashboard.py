"""The front page: the work that waits for this person, and the figures of the day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from axes.models import AccessAttempt
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.counter.day_takings import Takings, day_takings
from billing.models import BillingRun, Shift
from billing.states import BillingRunState, ShiftState
from complaints.models import Ticket
from complaints.promises.words import due_text, span_text
from complaints.waiting import next_due, serves
from customers.models import Message
from customers.states import UNSENT
from office.calendar import business_date
from office.documents.admin import permitted
from office.documents.damaged import damaged_documents
from office.language import Text
from office.models import CalendarVersion, Document, DocumentAccess, Job, JobState, User
from office.waiting import WaitingKind, Waits
from office.zone import SHANGHAI

MOST_SHOWN = 8


@dataclass(frozen=True)
class Row:
    """One row of a card: its link, and the text at its end."""

    text: str
    link: str
    aside: str = ""


@dataclass(frozen=True)
class Card:
    """A few records that wait for this person, a link to all of them, and the oldest one's age."""

    title: Text
    link: str
    rows: list[Row]
    empty: Text
    age: str = ""


@dataclass(frozen=True)
class Desk:
    """The data of the front page; None or empty where it does not concern this person."""

    may_search: bool
    may_take: bool
    may_run: bool
    shift: Shift | None = None
    takings: list[Takings] | None = None
    runs: list[BillingRun] | None = None
    jobs: list[Job] | None = None
    damaged: list[DocumentAccess] | None = None
    figures: list[Waits] = field(default_factory=list)
    next_due: list[Ticket] | None = None
    may_open_ticket: bool = False
    cards: list[Card] = field(default_factory=list)
    day: Any = field(default=None)

    @property
    def taken_fen(self) -> int:
        return sum(row.amount_fen for row in self.takings or [])

    @property
    def taken_count(self) -> int:
        return sum(row.count for row in self.takings or [])


def desk_of(user: User, waits: Sequence[Waits]) -> Desk:
    """Returns the front page of this person with a fixed number of queries, however much work
    waits.
    """
    now = timezone.now()
    today = business_date(now)
    return Desk(
        may_search=user.has_perm("customers.view_account"),
        may_take=user.has_perm("billing.take_cash"),
        may_run=user.has_perm("billing.create_billing_run"),
        shift=_open_shift(user),
        takings=day_takings(today, user) if user.has_perm("billing.view_shift") else None,
        runs=_runs_at_hand(user),
        jobs=_jobs_at_hand(user),
        damaged=_damaged_documents(user),
        figures=[waiting for waiting in waits if waiting.kind.link is None],
        next_due=list(next_due(user, now)) if serves(user) else None,
        may_open_ticket=user.has_perm("complaints.open_ticket"),
        cards=[
            *(_waiting_card(waiting, now) for waiting in waits if waiting.kind.link),
            *_unsent_messages(user),
            *_calendar_years(user, today.year),
            *_people_without_role(user),
            *_failed_sign_ins(user),
            *_latest_documents(user),
        ],
        day=today,
    )


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


def _jobs_at_hand(user: User) -> list[Job] | None:
    if not user.has_perm("office.view_job"):
        return None
    live = Q(state__in=[JobState.QUEUED, JobState.RUNNING]) | Q(state=JobState.FAILED)
    return _few(Job.objects.visible_to(user).filter(live).order_by("-pk"))


def _damaged_documents(user: User) -> list[DocumentAccess] | None:
    if not user.has_perm("office.view_documentaccess"):
        return None
    return _few(damaged_documents(user))


def _waiting_card(waiting: Waits, at: datetime) -> Card:
    """Returns the most urgent rows of a kind, under a title with their total."""
    kind = waiting.kind
    rows = [
        Row(kind.name(row), kind.link(row) if kind.link else "", _time_of(kind, row))
        for row in (_few(waiting.rows) if waiting.count else [])
    ]
    title = f"{kind.title}（{waiting.count:,}）"
    return Card(title, kind.address, rows, kind.empty, _age_of(waiting.oldest, at))


def _age_of(oldest: datetime | None, at: datetime) -> str:
    """Returns how long the oldest row has waited; nothing where nothing waits."""
    return gettext("最久 %(length)s") % {"length": span_text(at - oldest)} if oldest else ""


def _time_of(kind: WaitingKind, row: Any) -> str:
    """Returns the due time of the row, or the time since which it waits, as far as it has one."""
    if kind.due and (due_at := getattr(row, kind.due)):
        return gettext("到期 %(due)s") % {"due": due_text(due_at)}
    if not kind.since:
        return ""
    # A column of a related row is named as queries name it: "statement__imported_at".
    waiting_since = attrgetter(kind.since.replace("__", "."))(row)
    return f"{waiting_since.astimezone(SHANGHAI):%m-%d %H:%M}"


def _unsent_messages(user: User) -> list[Card]:
    """Returns the count of failed and unclear messages, for people who may send them again."""
    if not user.has_perm("customers.resend_message"):
        return []
    unsent = Message.objects.visible_to(user).filter(state__in=UNSENT).order_by()
    counted = dict(unsent.values_list("state").annotate(Count("pk")))
    page = reverse("admin:customers_message_changelist")
    rows = [
        Row(str(state.label), f"{page}?state__exact={state}", f"{counted[state]:,}")
        for state in UNSENT
        if state in counted
    ]
    return [Card(_("未送达的短信"), f"{page}?unsent=yes", rows, _("没有未送达的短信。"))]


def _calendar_years(user: User, this_year: int) -> list[Card]:
    """Returns the years with and without a working calendar, for people who may publish one."""
    if not (user.has_perm("office.publish_calendar") and user.sees_every_company):
        return []
    versions = list(
        CalendarVersion.objects.filter(year__gte=this_year)
        .order_by("year", "-ordinal")
        .distinct("year")
    )
    rows = [
        Row(
            f"{version}",
            reverse("admin:office_calendarversion_change", args=[version.pk]),
            version.notice,
        )
        for version in versions
    ]
    add = reverse("admin:office_calendarversion_add")
    rows += [
        Row(str(_("%(year)s 年尚未发布") % {"year": year}), add)
        for year in (this_year, this_year + 1)
        if year not in {version.year for version in versions}
    ]
    return [Card(_("节假日安排"), reverse("admin:office_calendarversion_changelist"), rows, "")]


def _people_without_role(user: User) -> list[Card]:
    if not user.has_perm("office.assign_roles"):
        return []
    people = User.objects.filter(groups__isnull=True, is_active=True, is_superuser=False)
    if not user.sees_every_company:
        people = people.filter(companies__in=user.company_ids).distinct()
    rows = [
        Row(person.display_name, reverse("admin:office_user_change", args=[person.pk]))
        for person in _few(people.order_by("pk"))
    ]
    link = reverse("admin:office_user_changelist")
    return [Card(_("尚未分配角色的员工"), link, rows, _("每位员工都有角色。"))]


def _failed_sign_ins(user: User) -> list[Card]:
    if not user.has_perm("axes.view_accessattempt"):
        return []
    rows = [
        Row(
            f"{failed.username}　{failed.ip_address}",
            reverse("admin:axes_accessattempt_change", args=[failed.pk]),
            f"{failed.failures_since_start} ×",
        )
        for failed in _few(AccessAttempt.objects.order_by("-attempt_time"))
    ]
    link = reverse("admin:axes_accessattempt_changelist")
    return [Card(_("登录失败"), link, rows, _("没有失败的登录。"))]


def _latest_documents(user: User) -> list[Card]:
    """Returns the person's latest uploads, for desks that have only documents so far."""
    if not user.has_perm("office.view_document") or user.has_perm("customers.view_account"):
        return []
    own = Document.objects.visible_to(user).filter(uploaded_by=user)
    documents = permitted(own, user).order_by("-pk")
    rows = [
        Row(
            document.title,
            reverse("admin:office_document_change", args=[document.pk]),
            f"{business_date(document.uploaded_at)}",
        )
        for document in _few(documents)
    ]
    link = reverse("admin:office_document_changelist")
    return [Card(_("我上传的档案"), link, rows, _("还没有上传档案。"))]


def _few(rows: QuerySet[Any]) -> list[Any]:
    return list(rows[:MOST_SHOWN])
