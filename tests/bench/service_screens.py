"""The screens of service that are timed and whose statements are counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import F

from complaints.models import Incident, TemperatureTest, Ticket
from office.actors import Actor
from tests.service_desk import Desk

ADMIN = "/admin/complaints"


@dataclass(frozen=True)
class Screen:
    """A page that one person opens; `is_list` where the number of statements is promised."""

    name: str
    actor: Actor
    address: str
    parameters: dict[str, str] = field(default_factory=dict)
    is_list: bool = True


def screens(desk: Desk) -> Iterator[Screen]:
    # Of all copies with the same remainder hangs the same (tests/bench/service_rows.py): the first
    # went up the whole ladder, the second was handed over and answered. The latest ticket of all
    # would differ from one company to the next.
    copies = Ticket.objects.filter(company=desk.company).annotate(remainder=F("pk") % 300)
    escalated = copies.filter(remainder=45).latest("pk")
    handed_over = copies.filter(remainder=7).latest("pk")
    incident = Incident.objects.get(company=desk.company)
    test = TemperatureTest.objects.filter(company=desk.company).latest("pk")
    agent, dispatcher, manager = desk.agent, desk.dispatcher, desk.manager
    call_backs = {
        "to be called": {},
        "page 20": {"p": "20"},
        "overdue": {"work": "overdue"},
        "escalated": {"work": "escalated"},
        "unanswered": {"work": "unanswered"},
        "answered": {"work": "answered"},
        "dissatisfied": {"work": "dissatisfied"},
        "all": {"work": "all"},
        "all, page 20": {"work": "all", "p": "20"},
        "of complaints": {"ticket__kind__exact": "complaint"},
        "by number": {"work": "all", "q": escalated.number},
        "by telephone": {"work": "all", "q": escalated.caller_phone},
    }
    for name, parameters in call_backs.items():
        yield Screen(f"call-backs: {name}", agent, f"{ADMIN}/callback/", parameters)
    escalations = {
        "told my role": {},
        "page 20": {"p": "20"},
        "everything": {"role": "all"},
        "still waiting": {"waiting": "yes"},
        "a day late": {"step__exact": "breached_a_day"},
        "by number": {"role": "all", "q": escalated.number},
    }
    for name, parameters in escalations.items():
        yield Screen(f"escalations: {name}", manager, f"{ADMIN}/escalation/", parameters)
    tests = {
        "": {},
        "page 20": {"p": "20"},
        "too cold": {"passed": "no"},
        "by account": {"q": test.account.number},
        "by ticket": {"q": escalated.number},
        "by instrument": {"q": test.instrument},
        "nobody's": {"q": "0000000"},
    }
    for name, parameters in tests.items():
        yield Screen(f"temperature tests: {name}", manager, f"{ADMIN}/temperaturetest/", parameters)
    hand_overs = {
        "waiting": {},
        "overdue": {"reply": "overdue"},
        "replied": {"reply": "replied"},
        "all": {"reply": "all"},
        "all, page 20": {"reply": "all", "p": "20"},
        "by number": {"reply": "all", "q": handed_over.number},
    }
    for name, parameters in hand_overs.items():
        yield Screen(f"hand-overs: {name}", agent, f"{ADMIN}/handover/", parameters)
        yield Screen(f"own hand-overs: {name}", manager, f"{ADMIN}/handover/", parameters)
    yield Screen("incidents", dispatcher, f"{ADMIN}/incident/")
    yield Screen("incidents: by cause", dispatcher, f"{ADMIN}/incident/", {"q": "主管"})
    yield Screen("spot checks", manager, f"{ADMIN}/spotcheckplan/")
    yield Screen("knowledge", agent, f"{ADMIN}/article/")
    record = f"{ADMIN}/incident/{incident.pk}/change/"
    yield Screen("incident with 300 tickets", dispatcher, record, is_list=False)
    call_back = escalated.call_backs.latest("pk")
    yield Screen("a call-back", agent, f"{ADMIN}/callback/{call_back.pk}/change/", is_list=False)
    test_page = f"{ADMIN}/temperaturetest/{test.pk}/change/"
    yield Screen("a temperature test", manager, test_page, is_list=False)
    board = "/admin/dispatch/"
    yield Screen("board", dispatcher, board, is_list=False)
    yield Screen("board, second page", dispatcher, board, {"page": "1"}, is_list=False)
    yield Screen("board, by place", dispatcher, board, {"q": "花园0001"}, is_list=False)
    yield Screen("board has changed?", dispatcher, "/admin/dispatch/state/", is_list=False)
    yield Screen("KPIs", manager, "/admin/kpis/", is_list=False)
    stations = {"by": "heat_station"}
    yield Screen("KPIs by station", manager, "/admin/kpis/", stations, is_list=False)
    yield Screen("front page", manager, "/admin/", is_list=False)
