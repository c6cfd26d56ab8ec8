"""Two days of a small customer service whose figures are counted by hand in `test_kpis.py`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from complaints.call_backs.operations import Opinion, record_call_back
from complaints.classes import Severity, Subject, TicketKind
from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import (
    Article,
    CallOutcome,
    Satisfaction,
    TemperatureTest,
    Ticket,
    VisitOutcome,
)
from complaints.temperature_tests.operations import (
    Instrument,
    Reading,
    Signatures,
    record_temperature_test,
)
from complaints.tickets.enquiries import answer_enquiry
from complaints.tickets.resolution import resolve_ticket
from complaints.visits.operations import complete_visit, record_finding
from customers.models import Account, HeatStation
from office.actors import Actor
from office.models import User
from tests.builders import an_account
from tests.service_desk import (
    MINUTE,
    Desk,
    a_complaint,
    a_paper,
    a_repair,
    a_ticket,
    an_enquiry,
    at_the_door,
    repaired,
    t,
)

MONDAY, TUESDAY = date(2026, 1, 12), date(2026, 1, 13)


THERMOMETER = Instrument("WS-0017", date(2026, 6, 30))


@dataclass(frozen=True)
class World:
    """The tickets by what becomes of them."""

    desk: Desk
    station: HeatStation
    at_once: Ticket
    unanswered: Ticket
    forgotten: Ticket
    late_evening: Ticket
    twice_visited: Ticket
    complaint: Ticket
    enquiry: Ticket
    service: Ticket
    redone: Ticket

    def __iter__(self) -> Iterator[Ticket]:
        return iter(vars(self)[name] for name in list(vars(self))[2:])


def a_world(desk: Desk) -> World:
    """Nine tickets reported on Monday, 12 January 2026, worked on until Wednesday.

    Small repairs are due at 24:00 that day (after 20:00: at 12:00 the next), medium ones at 24:00
    after three days, the rest at 18:00 on the third working day, call-backs at 18:00 on the next.
    """
    station = HeatStation.objects.create(company=desk.company, name="一号站")
    account = an_account(desk.company)
    account.premise.heat_station = station
    account.premise.save()
    world = World(
        desk=desk,
        station=station,
        at_once=a_ticket(desk, "2026-01-12 09:00", a_repair(account=account)),
        unanswered=a_ticket(desk, "2026-01-12 09:30"),
        forgotten=a_ticket(desk, "2026-01-12 08:00"),
        late_evening=a_ticket(desk, "2026-01-12 21:00"),
        twice_visited=a_ticket(desk, "2026-01-12 10:00", severity=Severity.MEDIUM),
        complaint=a_ticket(desk, "2026-01-12 09:00", a_complaint()),
        enquiry=a_ticket(desk, "2026-01-12 09:00", an_enquiry()),
        service=a_ticket(
            desk,
            "2026-01-12 11:00",
            a_repair(None, kind=TicketKind.SERVICE, subject=Subject.VALVE),
        ),
        redone=a_ticket(desk, "2026-01-12 09:00"),
    )
    _monday(world)
    _later(world)
    return world


def _monday(world: World) -> None:
    desk = world.desk
    repaired(world.at_once, desk, t("2026-01-12 10:00"))
    done(world.at_once, desk, "2026-01-12 10:10")
    repaired(world.unanswered, desk, t("2026-01-12 11:00"), other=True)
    done(world.unanswered, desk, "2026-01-12 11:30")
    not_fixed(world.twice_visited, desk, t("2026-01-12 14:00"))
    repaired(world.twice_visited, desk, t("2026-01-12 16:00"))
    done(world.twice_visited, desk, "2026-01-12 16:10")
    done(world.complaint, desk, "2026-01-12 15:00")
    answered(world.enquiry, desk, "2026-01-12 09:20")
    repaired(world.redone, desk, t("2026-01-12 10:30"))
    done(world.redone, desk, "2026-01-12 10:40")
    called(world.redone, desk, "2026-01-12 14:00", Satisfaction.DISSATISFIED)
    repaired(world.redone, desk, t("2026-01-12 15:00"), other=True)
    done(world.redone, desk, "2026-01-12 15:10", by=desk.manager)
    called(world.at_once, desk, "2026-01-12 16:00", Satisfaction.SATISFIED)


def _later(world: World) -> None:
    desk = world.desk
    repaired(world.late_evening, desk, t("2026-01-13 09:00"))
    done(world.late_evening, desk, "2026-01-13 09:10")
    for when in ("2026-01-12 18:00", "2026-01-12 20:00", "2026-01-13 10:00"):
        called(world.unanswered, desk, when, None)
    called(world.complaint, desk, "2026-01-13 09:00", Satisfaction.FAIR)
    called(world.enquiry, desk, "2026-01-13 10:00", Satisfaction.SATISFIED)
    called(world.twice_visited, desk, "2026-01-14 09:00", Satisfaction.FAIR)


def done(ticket: Ticket, desk: Desk, when: str, *, by: Actor | None = None) -> None:
    """Resolved at that time."""
    ticket.refresh_from_db()
    resolve_ticket(ticket, "已处理", by=by or desk.agent, at=t(when))
    ticket.refresh_from_db()


def answered(ticket: Ticket, desk: Desk, when: str) -> None:
    """An enquiry answered by an article of the group."""
    article = Article.objects.create(company=None, code="SF-001", topic="报停手续")
    draft = draft_article(article, "九月底前办理", by=desk.agent, at=t("2026-01-05 09:00"))
    version = publish_article(draft, by=desk.manager, at=t("2026-01-05 10:00"))
    answer_enquiry(ticket, "九月底前办理", version, by=desk.agent, at=t(when))


def not_fixed(ticket: Ticket, desk: Desk, at: datetime) -> None:
    """A visit after which another one is needed."""
    visit = at_the_door(ticket, desk, at)
    record_finding(visit, "循环泵故障", by=desk.repairer, at=at + 4 * MINUTE)
    complete_visit(
        visit,
        VisitOutcome.NOT_FIXED,
        work_done="等配件",
        by=desk.repairer,
        at=at + 5 * MINUTE,
    )


def called(ticket: Ticket, desk: Desk, when: str, satisfaction: Satisfaction | None) -> None:
    """Records a call by somebody who had no part in the repair; None where nobody answered."""
    record_call_back(
        ticket.call_backs.latest("ordinal"),
        CallOutcome.ANSWERED if satisfaction else CallOutcome.NO_ANSWER,
        opinion=Opinion(satisfaction) if satisfaction else None,
        by=desk.other_agent,
        at=t(when),
    )


def measured(
    account: Account, desk: Desk, when: str, celsius: str, *, entered: str = ""
) -> TemperatureTest:
    """One room measured, 18 °C promised; entered at once unless told otherwise."""
    at = t(entered or when)
    papers = [a_paper(account, desk.company, by=desk.repairer, at=at) for _side in range(2)]
    return record_temperature_test(
        account,
        [Reading("客厅", t(when), Decimal(celsius))],
        THERMOMETER,
        Signatures(papers[0], papers[1], "王秀英"),
        outside=Decimal("-12.5"),
        required=Decimal(18),
        by=desk.repairer,
        at=at,
    )


def manager(desk: Desk) -> User:
    assert desk.manager.user is not None
    return desk.manager.user
