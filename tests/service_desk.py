"""A customer service for tests: its rules, its people, its tickets. Times are Asia/Shanghai."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from io import BytesIO
from itertools import count
from typing import Any

from django.db import models

from complaints.classes import Channel, Severity, Subject, TicketClass, TicketKind
from complaints.dispatch.operations import accept_assignment, arrive, assign_ticket, depart
from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import (
    AfterUnanswered,
    Article,
    Crew,
    PromiseRule,
    Ticket,
    Visit,
    VisitOutcome,
)
from complaints.rules.operations import publish_call_back_policy
from complaints.tickets.enquiries import answer_enquiry
from complaints.tickets.intake import Place, Report, open_ticket
from complaints.visits.operations import Confirmation, complete_visit, record_finding
from customers.models import Account
from heating.roles import AGENT, DISPATCHER, ENGINEER, SERVICE_MANAGER
from office.actors import Actor
from office.documents.operations import Upload, attach_document
from office.journal import record_each
from office.models import CalendarVersion, Company, Document
from office.working_days.arrangement import Arrangement
from office.working_days.operations import publish_calendar
from office.zone import SHANGHAI
from tests.builders import a_company, an_account, members_of_staff

SYSTEM = Actor.system("tests")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

SAME_DAY = {"kind": "same_day", "cutoff": "20:00", "day_end": "24:00", "next_day_end": "12:00"}
THREE_DAYS = {"kind": "calendar_days", "days": 3, "day_end": "24:00"}
THREE_WORKING_DAYS = {"kind": "working_days", "days": 3, "day_end": "18:00"}
ONE_WORKING_DAY = {"kind": "working_days", "days": 1, "day_end": "18:00"}
TERMS: dict[TicketClass, dict[str, Any]] = {
    TicketClass.ENQUIRY: THREE_WORKING_DAYS,
    TicketClass.REPAIR_MINOR: SAME_DAY,
    TicketClass.REPAIR_MEDIUM: THREE_DAYS,
    TicketClass.REPAIR_MAJOR: THREE_DAYS,
    TicketClass.COMPLAINT: THREE_WORKING_DAYS,
    TicketClass.SERVICE: THREE_WORKING_DAYS,
    TicketClass.CALL_BACK: ONE_WORKING_DAY,
}
_numbers = count(1)


def t(text: str) -> datetime:
    """An instant such as "2026-01-12 09:00" in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def arrange_holidays() -> None:
    """The State Council's days, which emptied databases of transactional tests get back."""
    if CalendarVersion.objects.exists():
        return
    seed = import_module("office.migrations.0004_first_calendars")
    for year, (notice, noticed_on) in seed.NOTICES.items():
        a_year(year, notice=notice, noticed_on=date.fromisoformat(noticed_on))


def a_year(
    year: int,
    change: Mapping[date, bool] | None = None,
    *,
    notice: str = "",
    at: str = "2025-11-05 09:00",
    **changes: Any,
) -> CalendarVersion:
    """Publish a year: 2026 and before as announced, later ones like it, with some days changed."""
    arranged = import_module("office.migrations.0004_first_calendars").days()
    days = {day: works for day, works in arranged if day.year == year}
    if not days:
        first = date(year, 5, 3)
        week = [first + timedelta(days=n) for n in range(20)]
        days = {day: False for day in week if day.weekday() < 5}
    days |= change or {}
    return publish_calendar(
        Arrangement(
            year,
            tuple(sorted(day for day, works in days.items() if not works and day.weekday() < 5)),
            tuple(sorted(day for day, works in days.items() if works and day.weekday() >= 5)),
        ),
        notice=notice or f"国务院办公厅{year}年通知",
        by=SYSTEM,
        at=t(at),
        **changes,
    )


def publish_rules(company: Company | None = None, *, sample_percent: int = 100) -> None:
    """The group's promises: small repairs the same day, others in three days, and so on.

    Two statements write them; `test_rules_of_tests.py` proves that the operation writes the same.
    """
    arrange_holidays()
    first_day, published_at = date(2025, 10, 1), t("2025-09-30 09:00")
    rules = PromiseRule.objects.bulk_create(
        PromiseRule(
            company=company,
            ticket_class=ticket_class,
            effective_from=first_day,
            terms=terms,
            source="客户服务手册",
            published_at=published_at,
        )
        for ticket_class, terms in TERMS.items()
    )
    record_each(
        "publish_promise_rule",
        (
            (
                rule,
                {
                    "ticket_class": rule.ticket_class,
                    "effective_from": f"{first_day}",
                    "terms": rule.terms,
                },
            )
            for rule in rules
        ),
        by=SYSTEM,
        at=published_at,
    )
    publish_call_back_policy(
        company,
        sample_percent=sample_percent,
        most_attempts=3,
        hours_between=2,
        after_unanswered=AfterUnanswered.GIVE_UP,
        effective_from=date(2025, 10, 1),
        source="客户服务手册",
        by=SYSTEM,
        at=t("2025-09-30 09:00"),
    )


@dataclass(frozen=True)
class Desk:
    """Everybody who has to do with a ticket of one company."""

    company: Company
    agent: Actor
    other_agent: Actor
    dispatcher: Actor
    other_dispatcher: Actor
    repairer: Actor
    other_repairer: Actor
    manager: Actor
    crew: Crew
    other_crew: Crew


def a_desk(code: str = "11") -> Desk:
    """The people of a company; each repairer is a crew of one."""
    company = a_company(code)

    roles = {
        "维修甲": ENGINEER,
        "维修乙": ENGINEER,
        "客服甲": AGENT,
        "客服乙": AGENT,
        "调度甲": DISPATCHER,
        "调度乙": DISPATCHER,
        "主管": SERVICE_MANAGER,
    }
    staff = members_of_staff({f"{name}{code}": role for name, role in roles.items()}, company)
    crews = Crew.objects.bulk_create(Crew(company=company, name=name) for name in ("一班", "二班"))
    repairers = [staff[f"维修甲{code}"], staff[f"维修乙{code}"]]
    Crew.members.through.objects.bulk_create(
        Crew.members.through(crew=crew, user=repairer)
        for crew, repairer in zip(crews, repairers, strict=True)
    )
    actors = {name: Actor.staff(staff[f"{name}{code}"]) for name in roles}
    return Desk(
        company=company,
        agent=actors["客服甲"],
        other_agent=actors["客服乙"],
        dispatcher=actors["调度甲"],
        other_dispatcher=actors["调度乙"],
        repairer=actors["维修甲"],
        other_repairer=actors["维修乙"],
        manager=actors["主管"],
        crew=crews[0],
        other_crew=crews[1],
    )


def a_repair(
    severity: Severity | None = Severity.MINOR, *, account: Account | None = None, **changes: Any
) -> Report:
    """A flat that stays cold, reported by telephone."""
    values: dict[str, Any] = {
        "kind": TicketKind.REPAIR,
        "subject": Subject.NO_HEAT,
        "channel": Channel.HOTLINE,
        "summary": "家里暖气不热",
        "severity": severity,
        "caller_name": "王秀英",
        "caller_phone": "13900000001",
        "place": Place(account=account),
    }
    return Report(**(values | changes))


def an_enquiry(**changes: Any) -> Report:
    return a_repair(
        **({"kind": TicketKind.ENQUIRY, "subject": Subject.CHARGE, "severity": None} | changes)
    )


def a_complaint(**changes: Any) -> Report:
    return a_repair(
        **({"kind": TicketKind.COMPLAINT, "subject": Subject.ATTITUDE, "severity": None} | changes)
    )


def a_ticket(desk: Desk, when: str, report: Report | None = None, **changes: Any) -> Ticket:
    """A ticket entered at `when`; a minor repair of a new account unless told otherwise."""
    if report is None:
        report = a_repair(account=an_account(desk.company), **changes)
    return open_ticket(desk.company, report, by=desk.agent, at=t(when))


def answered(ticket: Ticket, desk: Desk, at: datetime) -> None:
    """An enquiry answered by an article published at that very moment."""
    article = Article.objects.create(code=f"ZS-{next(_numbers)}", topic="热费怎么算")
    draft = draft_article(article, "面积乘单价", by=SYSTEM, at=at)
    version = publish_article(draft, by=desk.manager, at=at)
    answer_enquiry(ticket, "按面积计费", version, by=desk.agent, at=at)


def a_paper(target: models.Model, company: Company, *, by: Actor, at: datetime) -> Document:
    """A photo kept with a record, different from every other."""
    content = b"\xff\xd8\xff" + str(next(_numbers)).encode()
    upload = Upload("照片.jpg", BytesIO(content))
    return attach_document(target, upload, company=company, kind="evidence", by=by, at=at)


def at_the_door(ticket: Ticket, desk: Desk, at: datetime, *, other: bool = False) -> Visit:
    """The crew is assigned, accepts, departs and arrives within four minutes."""
    crew, by = (desk.other_crew, desk.other_repairer) if other else (desk.crew, desk.repairer)
    ticket.refresh_from_db()
    visit = assign_ticket(ticket, crew, seen_version=ticket.version, by=desk.dispatcher, at=at)
    accept_assignment(visit, by=by, at=at + MINUTE)
    depart(visit, by=by, at=at + 2 * MINUTE)
    return arrive(visit, by=by, at=at + 3 * MINUTE)


def repaired(ticket: Ticket, desk: Desk, at: datetime, *, other: bool = False) -> Visit:
    """The whole visit, mended and confirmed five minutes after the assignment."""
    by = desk.other_repairer if other else desk.repairer
    visit = at_the_door(ticket, desk, at, other=other)
    record_finding(visit, "分户阀堵塞", by=by, at=at + 4 * MINUTE)
    return complete_visit(
        visit,
        VisitOutcome.FIXED,
        work_done="清洗过滤器",
        confirmation=Confirmation("王秀英"),
        by=by,
        at=at + 5 * MINUTE,
    )


def celsius(text: str) -> Decimal:
    return Decimal(text)
