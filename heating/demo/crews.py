"""Who answers, sends, repairs and calls back in each company."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from complaints.models import Crew
from complaints.rosters.operations import Duty, publish_duty
from office.actors import Actor
from office.calendar import business_date
from office.clock.rules import midnight
from office.models import Company

_CREWS = {
    "11": {"城南一班": ("engineer",), "城南二班": ("engineer-2",)},
    "21": {"中川维修班": ("engineer-lanzhou",)},
}
_PHONES = {"城南一班": "0351-2650101", "城南二班": "0351-2650102", "中川维修班": "0931-8250101"}
_WEEK = timedelta(days=7)
_DESKS = {
    "11": ("agent", "dispatcher"),
    "21": ("agent-lanzhou", "dispatcher-lanzhou"),
}


@dataclass(frozen=True)
class ServiceDesk:
    """The people of a company's customer service; `gangs` are crews, each with who goes."""

    company: Company
    agent: Actor
    dispatcher: Actor
    manager: Actor
    accountant: Actor
    gangs: tuple[tuple[Crew, Actor], ...]


def form_crews(company: Company, staff: dict[str, Actor]) -> ServiceDesk:
    """Put the repairers into crews."""
    gangs = []
    for name, members in _CREWS[company.code].items():
        crew = Crew.objects.create(company=company, name=name)
        crew.members.set(user for member in members if (user := staff[member].user))
        gangs.append((crew, staff[members[0]]))
    agent, dispatcher = _DESKS[company.code]
    return ServiceDesk(
        company=company,
        agent=staff[agent],
        dispatcher=staff[dispatcher],
        manager=staff["service-manager"],
        accountant=staff["clerk"],
        gangs=tuple(gangs),
    )


def publish_rosters(desk: ServiceDesk, *, at: datetime) -> None:
    """Every crew is on duty this week, and the first one next week too."""
    today = midnight(business_date(at))
    for place, (crew, repairer) in enumerate(desk.gangs):
        members = [repairer.user] if repairer.user else []
        for week in range(1 if place else 2):
            begins = today + week * _WEEK
            duty = Duty(begins, begins + _WEEK, members, _PHONES[crew.name])
            publish_duty(crew, duty, by=desk.dispatcher, at=at)
