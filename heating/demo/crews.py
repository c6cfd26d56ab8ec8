"""Who answers, sends, repairs and calls back in each company."""

from dataclasses import dataclass

from complaints.models import Crew
from office.actors import Actor
from office.models import Company

_CREWS = {
    "11": {"城南一班": ("engineer",), "城南二班": ("engineer-2",)},
    "21": {"中川维修班": ("engineer-lanzhou",)},
}
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
        company, staff[agent], staff[dispatcher], staff["service-manager"], tuple(gangs)
    )
