"""Whom the promises that run out were told to, and which of them still wait."""

from django.db.models import Max, Q, QuerySet

from complaints.ladder import ROLES, Clock
from complaints.models import Escalation
from complaints.states import LIVE_CALL_BACKS, PROMISED_TICKETS
from office.models import User

# What the clock was told for is still to be done: the ticket itself, or the call after it.
WAITING = Q(clock__in=[Clock.PROMISE, Clock.OUTSIDE], ticket__state__in=[*PROMISED_TICKETS]) | Q(
    clock=Clock.CALL_BACK, call_back__state__in=[*LIVE_CALL_BACKS]
)


def told_roles(user: User) -> list[str]:
    """The roles of this person that the ladder names."""
    keys = {name: key for key, name in ROLES.items()}
    names = user.groups.filter(name__in=keys).order_by("pk").values_list("name", flat=True)
    return [keys[name] for name in names]


def waiting_escalations(user: User, roles: list[str]) -> QuerySet[Escalation]:
    """What these roles were told last of each clock that still runs, newest first."""
    told = Escalation.objects.visible_to(user).filter(WAITING, role__in=roles)
    last = told.order_by().values("ticket", "clock", "call_back").annotate(last=Max("pk"))
    return Escalation.objects.filter(pk__in=last.values("last")).order_by("-pk")
