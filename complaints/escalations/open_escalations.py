"""Whom the promises that run out were told to, and which of them still wait."""

from django.db.models import Max, Q, QuerySet

from complaints.ladder import LADDER, Clock
from complaints.models import CallBack, Escalation, Ticket
from complaints.states import LIVE_CALL_BACKS, PROMISED_TICKETS
from office.models import User

# What the clock was told for is still to be done: the ticket itself, or the call after it.
WAITING = Q(clock__in=[Clock.PROMISE, Clock.OUTSIDE], ticket__state__in=[*PROMISED_TICKETS]) | Q(
    clock=Clock.CALL_BACK, call_back__state__in=[*LIVE_CALL_BACKS]
)


def told_roles(user: User) -> list[str]:
    """Returns the roles of this person that the ladder tells."""
    roles = {rung.role.group_name: rung.role.value for rung in LADDER}
    names = user.groups.filter(name__in=roles).order_by("pk").values_list("name", flat=True)
    return [roles[name] for name in names]


def waiting_escalations(user: User, roles: list[str]) -> QuerySet[Escalation]:
    """What these roles were told last of each clock that still runs, newest first.

    Begins with the work in hand, not with all that was ever told.
    """
    tickets = Ticket.objects.visible_to(user).filter(state__in=[*PROMISED_TICKETS])
    calls = CallBack.objects.visible_to(user).filter(state__in=[*LIVE_CALL_BACKS])
    told = Escalation.objects.filter(role__in=roles).order_by()
    own = told.filter(clock__in=[Clock.PROMISE, Clock.OUTSIDE], ticket__in=tickets.order_by())
    after = told.filter(clock=Clock.CALL_BACK, call_back__in=calls.order_by())
    last = [
        rows.values(of, "clock").annotate(last=Max("pk")).values("last")
        for rows, of in ((own, "ticket"), (after, "call_back"))
    ]
    return Escalation.objects.filter(pk__in=last[0].union(last[1], all=True)).order_by("-pk")
