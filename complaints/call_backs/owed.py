"""Queries of call-backs: who may call, what is due, and which call-back a link belongs to."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from complaints.models import (
    UNANSWERED,
    Answer,
    CallBack,
    CallBackAttempt,
    HandOver,
    HandOverReply,
    Ticket,
    Visit,
)
from complaints.promises.owed_call_backs import LINK_PURPOSE
from complaints.states import LIVE_CALL_BACKS, CallBackState
from office.models import User
from office.tokens.one_time_links import find_link, is_valid


def tickets_worked_on(user: User) -> QuerySet[Ticket]:
    """Returns the tickets that the user assigned, repaired, answered, verified or resolved.

    Tickets that the user only opened are not among them.
    """
    visits = Visit.objects.filter(ticket=OuterRef("pk"))
    return Ticket.objects.filter(
        Q(assigned_by=user)
        | Q(repaired_by=user)
        | Q(verified_by=user)
        | Q(resolved_by=user)
        | Exists(visits.filter(Q(repairer=user) | Q(assigned_by=user)))
        | Exists(Answer.objects.filter(ticket=OuterRef("pk"), answered_by=user))
        | Exists(HandOver.objects.filter(ticket=OuterRef("pk"), handed_by=user))
        | Exists(HandOverReply.objects.filter(hand_over__ticket=OuterRef("pk"), replied_by=user))
    )


def worked_on(ticket: Ticket, user: User) -> bool:
    """Returns whether the user worked on the ticket and so may not call its customer back."""
    return tickets_worked_on(user).filter(pk=ticket.pk).exists()


def with_tries(call_backs: QuerySet[CallBack], user: User) -> QuerySet[CallBack]:
    """Adds to each call-back the number of unanswered calls (`tried`) and, if the user worked on
    its ticket, the ticket's key (`own`).
    """
    # One by one for the rows of the page: a join would group the whole table first.
    tries = CallBackAttempt.objects.filter(call_back=OuterRef("pk"), outcome__in=UNANSWERED)
    counted = tries.order_by().values("call_back").annotate(count=Count("pk")).values("count")
    return call_backs.annotate(
        tried=Coalesce(Subquery(counted), 0),
        # Of an EXISTS PostgreSQL makes a list of everything the person ever worked on.
        own=Subquery(tickets_worked_on(user).filter(pk=OuterRef("ticket")).values("pk")[:1]),
    )


def is_theirs_to_call(call_back: CallBack, user: User) -> bool:
    """Returns whether the user may call now; an escalated call-back is the manager's."""
    if call_back.state not in LIVE_CALL_BACKS or not user.has_perm("complaints.record_call_back"):
        return False
    escalated = call_back.state == CallBackState.ESCALATED
    return not escalated or user.has_perm("complaints.record_escalated_call_back")


def escalated_call_backs(user: User) -> QuerySet[CallBack]:
    """Returns the call-backs that wait for the manager's own call, the first due first."""
    waiting = CallBack.objects.visible_to(user).filter(state=CallBackState.ESCALATED)
    return waiting.select_related("ticket").order_by("due_at", "pk")


def may_go_unanswered_from(call_back: CallBack) -> datetime | None:
    """Returns from when another unanswered call counts: the policy's hours after the last one."""
    last = call_back.attempts.filter(outcome__in=UNANSWERED).order_by("-at").first()
    return last.at + timedelta(hours=call_back.policy.hours_between) if last else None


def call_back_of_link(token: str, at: datetime) -> CallBack | None:
    """Returns the call-back that a link can answer at that moment.

    Returns None alike for a link that is unknown, used, revoked or expired, and for a call-back
    that is over, whatever its end was.
    """
    link = find_link(token, LINK_PURPOSE)
    if link is None or not is_valid(link, at):
        return None
    live = CallBack.objects.filter(pk=link.record_id, state__in=LIVE_CALL_BACKS)
    return live.select_related("ticket__company").first()
