"""Operations of call-backs: calls that staff make, links, and the customer's own answer."""

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
    """The customer's opinion of the service, with a remark."""

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
    """Records one call; an answered one carries the customer's opinion.

    After the last unanswered call the policy decides what follows. Refuses a caller who worked on
    the ticket, an unanswered call too soon after the last one, and anybody but the manager for an
    escalated call-back. `seen_attempts` is the number of calls on the caller's screen, so that the
    same form sent twice records one call.
    """
    authorise(by, "complaints.record_call_back", call_back.ticket.company)
    ticket, locked_call_back = _lock(call_back)
    _check_caller(ticket, by)
    verb = "record_call_back"
    if locked_call_back.state == CallBackState.ESCALATED:
        verb = "record_escalated_call_back"
        _check_manager(ticket, by)
    if locked_call_back.state not in LIVE_CALL_BACKS:
        state_label = CallBackState(locked_call_back.state).label
        raise Refused(
            "call_back_over",
            _("这次回访现在是“%(here)s”，不用再打。"),
            here=state_label,
            state=locked_call_back.state,
        )
    if (outcome is CallOutcome.ANSWERED) != (opinion is not None):
        raise Invalid("opinion_missing", _("接通的回访须登记用户评价，没有接通的不能登记评价。"))
    before = locked_call_back.attempts.count()
    if seen_attempts not in (None, before):
        raise Refused(
            "called_meanwhile", _("刚刚已登记过一次通话，请核对回访记录后再登记；本次没有改动。")
        )
    if outcome in UNANSWERED:
        _check_spacing(locked_call_back, at)
    CallBackAttempt.objects.create(
        call_back=locked_call_back,
        ordinal=before + 1,
        at=at,
        by=by.user,
        outcome=outcome,
        note=note.strip(),
    )
    journal.record(
        verb, ticket, by=by, at=at, call_back=locked_call_back.ordinal, outcome=outcome.value
    )
    if opinion is not None:
        locked_call_back.taken_by = by.user
        _hear(ticket, locked_call_back, opinion, HeardThrough.CALL, verb, by=by, at=at)
    elif outcome in UNANSWERED:
        _follow_policy(ticket, locked_call_back, by=by, at=at)
    return locked_call_back


@transaction.atomic
def issue_call_back_link(call_back: CallBack, *, by: Actor, at: datetime) -> str:
    """Issues a link for one answer and returns its secret; an older link is revoked.

    Refuses staff who worked on the ticket: with the secret they could answer for the customer.
    """
    authorise(by, "complaints.issue_call_back_link", call_back.ticket.company)
    ticket, locked_call_back = _lock(call_back)
    if by.user is not None:
        _check_caller(ticket, by)
    if locked_call_back.state not in LIVE_CALL_BACKS:
        state_label = CallBackState(locked_call_back.state).label
        raise Refused(
            "call_back_over", _("这次回访现在是“%(here)s”，不用再发链接。"), here=state_label
        )
    secret = new_link(locked_call_back, by=by, at=at)
    journal.record("issue_call_back_link", ticket, by=by, at=at, call_back=locked_call_back.ordinal)
    return secret


@transaction.atomic
def answer_call_back(token: str, opinion: Opinion, *, by: Actor, at: datetime) -> CallBack:
    """Records the customer's answer and uses up the link; refuses staff and used links."""
    if by.kind is not ActorKind.CUSTOMER:
        raise NotAllowed(_("评价只能由用户本人通过链接提交。"))
    link = find_link(token, LINK_PURPOSE)
    if link is None:
        raise NotFound(_("链接无效或已使用。"))
    ticket, locked_call_back = _lock(
        CallBack.objects.select_related("ticket").get(pk=link.record_id)
    )
    if link.used_at is None and link.revoked_at is None and at >= link.valid_until:
        raise Refused("link_expired", _("链接已过期，请拨打服务热线反映意见。"), status=410)
    use_link(token, LINK_PURPOSE, by=by, at=at)
    _hear(ticket, locked_call_back, opinion, HeardThrough.LINK, "answer_call_back", by=by, at=at)
    journal.record("answer_call_back", ticket, by=by, at=at, call_back=locked_call_back.ordinal)
    return locked_call_back


@transaction.atomic
def answer_own_call_back(ticket: Ticket, opinion: Opinion, *, by: Actor, at: datetime) -> CallBack:
    """Records the answer of a signed-in customer and revokes the link.

    The caller makes sure that the ticket is the customer's own.
    """
    if by.kind is not ActorKind.CUSTOMER:
        raise NotAllowed(_("评价只能由用户本人提交。"))
    live_call_back = ticket.call_backs.filter(state__in=LIVE_CALL_BACKS).order_by("ordinal").last()
    if live_call_back is None:
        raise Refused("nothing_asked", _("这张工单现在没有待您评价的回访。"))
    ticket, locked_call_back = _lock(live_call_back)
    _hear(ticket, locked_call_back, opinion, HeardThrough.LINK, "answer_call_back", by=by, at=at)
    journal.record("answer_call_back", ticket, by=by, at=at, call_back=locked_call_back.ordinal)
    return locked_call_back


def _hear(
    ticket: Ticket,
    locked_call_back: CallBack,
    opinion: Opinion,
    through: HeardThrough,
    verb: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Stores the customer's opinion and ends the link; a bad opinion starts a redo."""
    locked_call_back.state = CALL_BACK.next_state(locked_call_back.state, verb)
    locked_call_back.satisfaction = opinion.satisfaction
    locked_call_back.remark = opinion.remark.strip()
    locked_call_back.heard_through = through
    locked_call_back.answered_at = at
    locked_call_back.save()
    end_link(locked_call_back, by=by, at=at)
    if opinion.satisfaction is Satisfaction.DISSATISFIED and ticket.state in _RESOLVED:
        redo(ticket, f"回访不满意：{locked_call_back.remark or '用户未说明'}", by=by, at=at)


def _follow_policy(ticket: Ticket, locked_call_back: CallBack, *, by: Actor, at: datetime) -> None:
    """Escalates or gives up the call-back after as many unanswered calls as the policy allows."""
    unanswered = locked_call_back.attempts.filter(outcome__in=UNANSWERED).count()
    if unanswered < locked_call_back.policy.most_attempts:
        return
    escalates = locked_call_back.policy.after_unanswered == AfterUnanswered.ESCALATE
    if escalates and locked_call_back.state == CallBackState.DUE:
        verb = "escalate_call_back"
    else:
        verb = "give_up_call_back"
    locked_call_back.state = CALL_BACK.next_state(locked_call_back.state, verb)
    locked_call_back.save(update_fields=["state"])
    if locked_call_back.state not in LIVE_CALL_BACKS:
        end_link(locked_call_back, by=by, at=at)
    journal.record(
        verb, ticket, by=by, at=at, call_back=locked_call_back.ordinal, unanswered=unanswered
    )


def _check_manager(ticket: Ticket, by: Actor) -> None:
    if not may(by, "complaints.record_escalated_call_back", ticket.company):
        raise NotAllowed(
            _("这次回访多次未接通，已转客服主管，由客服主管回访并登记；本次没有改动。")
        )


def _check_spacing(locked_call_back: CallBack, at: datetime) -> None:
    """Refuses an unanswered call too soon after the last one."""
    earliest = may_go_unanswered_from(locked_call_back)
    if earliest is not None and at < earliest:
        raise Refused(
            "called_too_soon",
            _(
                "两次未接通的回访至少间隔 %(hours)s 小时，%(when)s 起才能再登记未接通；"
                "用户接通的随时登记。本次没有改动。"
            ),
            hours=locked_call_back.policy.hours_between,
            when=f"{earliest.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        )


def _lock(call_back: CallBack) -> tuple[Ticket, CallBack]:
    """Locks the ticket, then the call-back, and returns both."""
    # The ticket first, as everywhere: a redo begins at the ticket and drops its call-backs.
    ticket = lock_ticket(call_back.ticket)
    locked_call_back = (
        CallBack.objects.select_for_update(of=("self",))
        .select_related("policy")
        .get(pk=call_back.pk)
    )
    locked_call_back.ticket = ticket
    return ticket, locked_call_back


def _check_caller(ticket: Ticket, by: Actor) -> None:
    if by.user is None:
        raise NotAllowed(_("回访须由人员办理。"))
    if worked_on(ticket, by.user):
        raise NotAllowed(_("经办过这张工单的人员不能回访，请换人回访。"))
