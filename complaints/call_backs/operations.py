"""Calling back: tried until somebody answers; the answer is the customer's own."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.call_backs.owed import may_go_unanswered_from, worked_on
from complaints.locking import lock_ticket
from complaints.models import (
    UNANSWERED,
    AfterUnanswered,
    CallBack,
    CallBackAttempt,
    CallOutcome,
    HeardThrough,
    Satisfaction,
    Ticket,
)
from complaints.promises.owed_call_backs import LINK_PURPOSE, end_link, new_link
from complaints.states import (
    CALL_BACK,
    LIVE_CALL_BACKS,
    CallBackState,
    TicketState,
)
from complaints.tickets.resolution import redo
from office import journal
from office.actors import Actor, ActorKind
from office.permissions import authorise, may
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from office.tokens.one_time_links import find_link, use_link
from office.zone import SHANGHAI

_RESOLVED = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True)
class Opinion:
    """What the customer says."""

    satisfaction: Satisfaction
    remark: str = ""


@transaction.atomic
def record_call_back(
    call_back: CallBack,
    outcome: CallOutcome,
    *,
    opinion: Opinion | None = None,
    note: str = "",
    seen_attempts: int | None = None,
    by: Actor,
    at: datetime,
) -> CallBack:
    """Write down one call. Answered, it carries the customer's opinion; unanswered for the
    last time, the policy says what follows. Nobody calls about their own work, and calls
    that nobody answers count only the policy's hours apart. What was handed to the manager
    is the manager's to call.

    `seen_attempts` is how many were on the screen: the same form sent twice is one call.
    """
    authorise(by, "complaints.record_call_back", call_back.ticket.company)
    ticket, held = _lock(call_back)
    _check_caller(ticket, by)
    verb = "record_call_back"
    if held.state == CallBackState.ESCALATED:
        verb = "record_escalated_call_back"
        _check_manager(ticket, by)
    if held.state not in LIVE_CALL_BACKS:
        here = CallBackState(held.state).label
        raise Refused(
            "call_back_over", _("这次回访现在是“%(here)s”，不用再打。"), here=here, state=held.state
        )
    if (outcome is CallOutcome.ANSWERED) != (opinion is not None):
        raise Invalid("opinion_missing", _("接通的回访须登记用户评价，没有接通的不能登记评价。"))
    before = held.attempts.count()
    if seen_attempts not in (None, before):
        raise Refused(
            "called_meanwhile", _("刚刚已登记过一次通话，请核对回访记录后再登记；本次没有改动。")
        )
    if outcome in UNANSWERED:
        _check_spacing(held, at)
    CallBackAttempt.objects.create(
        call_back=held,
        ordinal=before + 1,
        at=at,
        by=by.user,
        outcome=outcome,
        note=note.strip(),
    )
    journal.record(verb, ticket, by=by, at=at, call_back=held.ordinal, outcome=outcome.value)
    if opinion is not None:
        held.taken_by = by.user
        _hear(ticket, held, opinion, HeardThrough.CALL, verb, by=by, at=at)
    elif outcome in UNANSWERED:
        _follow_policy(ticket, held, by=by, at=at)
    return held


@transaction.atomic
def issue_call_back_link(call_back: CallBack, *, by: Actor, at: datetime) -> str:
    """A token for the customer to answer by, once; an older one of this call-back ends with it.

    Who worked on the ticket never holds one: they could answer in the customer's place.
    """
    authorise(by, "complaints.issue_call_back_link", call_back.ticket.company)
    ticket, held = _lock(call_back)
    if by.user is not None:
        _check_caller(ticket, by)
    if held.state not in LIVE_CALL_BACKS:
        here = CallBackState(held.state).label
        raise Refused("call_back_over", _("这次回访现在是“%(here)s”，不用再发链接。"), here=here)
    secret = new_link(held, by=by, at=at)
    journal.record("issue_call_back_link", ticket, by=by, at=at, call_back=held.ordinal)
    return secret


@transaction.atomic
def answer_call_back(token: str, opinion: Opinion, *, by: Actor, at: datetime) -> CallBack:
    """The customer answers by the link; the token is used up. Staff never can."""
    if by.kind is not ActorKind.CUSTOMER:
        raise NotAllowed(_("评价只能由用户本人通过链接提交。"))
    link = find_link(token, LINK_PURPOSE)
    if link is None:
        raise NotFound(_("链接无效或已使用。"))
    ticket, held = _lock(CallBack.objects.select_related("ticket").get(pk=link.record_id))
    if link.used_at is None and link.revoked_at is None and at >= link.valid_until:
        raise Refused("link_expired", _("链接已过期，请拨打服务热线反映意见。"), status=410)
    use_link(token, LINK_PURPOSE, by=by, at=at)
    _hear(ticket, held, opinion, HeardThrough.LINK, "answer_call_back", by=by, at=at)
    journal.record("answer_call_back", ticket, by=by, at=at, call_back=held.ordinal)
    return held


@transaction.atomic
def answer_own_call_back(ticket: Ticket, opinion: Opinion, *, by: Actor, at: datetime) -> CallBack:
    """The signed-in customer answers without the link, which ends with it.

    The caller makes sure that the ticket is theirs.
    """
    if by.kind is not ActorKind.CUSTOMER:
        raise NotAllowed(_("评价只能由用户本人提交。"))
    asked = ticket.call_backs.filter(state__in=LIVE_CALL_BACKS).order_by("-ordinal").first()
    if asked is None:
        raise Refused("nothing_asked", _("这张工单现在没有待您评价的回访。"))
    ticket, held = _lock(asked)
    _hear(ticket, held, opinion, HeardThrough.LINK, "answer_call_back", by=by, at=at)
    journal.record("answer_call_back", ticket, by=by, at=at, call_back=held.ordinal)
    return held


def _hear(
    ticket: Ticket,
    held: CallBack,
    opinion: Opinion,
    through: HeardThrough,
    verb: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Keep what the customer said; with a bad answer somebody goes there again."""
    held.state = CALL_BACK.next_state(held.state, verb)
    held.satisfaction = opinion.satisfaction
    held.remark = opinion.remark.strip()
    held.heard_through = through
    held.answered_at = at
    held.save()
    end_link(held, by=by, at=at)
    if opinion.satisfaction is Satisfaction.DISSATISFIED and ticket.state in _RESOLVED:
        redo(ticket, f"回访不满意：{held.remark or '用户未说明'}", by=by, at=at)


def _follow_policy(ticket: Ticket, held: CallBack, *, by: Actor, at: datetime) -> None:
    tried = held.attempts.filter(outcome__in=UNANSWERED).count()
    if tried < held.policy.most_attempts:
        return
    escalates = held.policy.after_unanswered == AfterUnanswered.ESCALATE
    if escalates and held.state == CallBackState.DUE:
        verb = "escalate_call_back"
    else:
        verb = "give_up_call_back"
    held.state = CALL_BACK.next_state(held.state, verb)
    held.save(update_fields=["state"])
    if held.state not in LIVE_CALL_BACKS:
        end_link(held, by=by, at=at)
    journal.record(verb, ticket, by=by, at=at, call_back=held.ordinal, unanswered=tried)


def _check_manager(ticket: Ticket, by: Actor) -> None:
    if not may(by, "complaints.record_escalated_call_back", ticket.company):
        raise NotAllowed(
            _("这次回访多次未接通，已转客服主管，由客服主管回访并登记；本次没有改动。")
        )


def _check_spacing(held: CallBack, at: datetime) -> None:
    begins = may_go_unanswered_from(held)
    if begins is not None and at < begins:
        raise Refused(
            "called_too_soon",
            _(
                "两次未接通的回访至少间隔 %(hours)s 小时，%(when)s 起才能再登记未接通；"
                "用户接通的随时登记。本次没有改动。"
            ),
            hours=held.policy.hours_between,
            when=f"{begins.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        )


def _lock(call_back: CallBack) -> tuple[Ticket, CallBack]:
    ticket = lock_ticket(call_back.ticket)
    held = (
        CallBack.objects.select_for_update(of=("self",))
        .select_related("policy")
        .get(pk=call_back.pk)
    )
    held.ticket = ticket
    return ticket, held


def _check_caller(ticket: Ticket, by: Actor) -> None:
    if by.user is None:
        raise NotAllowed(_("回访须由人员办理。"))
    if worked_on(ticket, by.user):
        raise NotAllowed(_("经办过这张工单的人员不能回访，请换人回访。"))
