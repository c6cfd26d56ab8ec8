"""Queries of escalations: the roles of a user that are notified, and what is still open."""

from django.db.models import Max, Q, QuerySet

from complaints.ladder import LADDER, Clock
from complaints.models import CallBack, Escalation, Ticket
from complaints.states import LIVE_CALL_BACKS, PROMISED_TICKETS
from office.models import User

# What the clock was escalations for is still to be done: the ticket itself, or the call after it.
WAITING = Q(clock__in=[Clock.PROMISE, Clock.OUTSIDE], ticket__state__in=[*PROMISED_TICKETS]) | Q(
    clock=Clock.CALL_BACK, call_back__state__in=[*LIVE_CALL_BACKS]
)


def notified_roles(user: User) -> list[str]:
    """Returns those of the user's roles that the ladder notifies."""
    roles = {rung.role.group_name: rung.role.value for rung in LADDER}
    return [roles[name] for name in user.group_names if name in roles]


def waiting_escalations(user: User, roles: list[str]) -> QuerySet[Escalation]:
    """Returns the last escalation to these roles of each clock that still runs, newest first.

    The query begins with the open tickets and call-backs, which are few; all escalations are many.
    """
    tickets = Ticket.objects.visible_to(user).filter(state__in=[*PROMISED_TICKETS])
    calls = CallBack.objects.visible_to(user).filter(state__in=[*LIVE_CALL_BACKS])
    escalations = Escalation.objects.filter(role__in=roles).order_by()
    own = escalations.filter(
        clock__in=[Clock.PROMISE, Clock.OUTSIDE], ticket__in=tickets.order_by()
    )
    after = escalations.filter(clock=Clock.CALL_BACK, call_back__in=calls.order_by())
    last = [
        rows.values(of, "clock").annotate(last=Max("pk")).values("last")
        for rows, of in ((own, "ticket"), (after, "call_back"))
    ]
    return Escalation.objects.filter(pk__in=last[0].union(last[1], all=True)).order_by("-pk")
