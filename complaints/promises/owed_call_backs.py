"""The obligation to call a customer back after a resolution; the caller holds the ticket's lock."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketClass, TicketKind
from complaints.models import CallBack, Ticket
from complaints.promises.clock_entries import find_rule
from complaints.promises.sampling import in_sample
from complaints.rules.in_force import call_back_policy_in_force, clock_rule
from complaints.states import CALL_BACK, LIVE_CALL_BACKS
from customers.messages.operations import expire_waiting_messages
from office.actors import Actor
from office.calendar import business_date
from office.clock import ClockEvent, EventKind, read_clock
from office.identity import mask_phone
from office.promises.reckoning import calendar_in_force
from office.refusals import Refused
from office.tokens.one_time_links import issue_link, revoke_link

# The name of the operation is also the purpose of the link and the URL name of its page.
LINK_PURPOSE = "answer_call_back"
LINK_LIFE = timedelta(days=7)
ASKING_TEMPLATE = "ticket_resolved_rate"


def owe_call_back(ticket: Ticket, since: datetime) -> CallBack | None:
    """Creates the call-back of a resolved ticket; returns None if the ticket is not in the sample.

    Every complaint and every redone ticket is called back.
    """
    policy = call_back_policy_in_force(ticket.company, business_date(since))
    if policy is None:
        raise Refused("no_call_back_policy", _("没有执行中的回访规则，请客服主管先发布。"))
    always = ticket.kind == TicketKind.COMPLAINT or ticket.redo_count > 0
    if not always and not in_sample(ticket.number, policy.sample_percent):
        return None
    rule = find_rule(ticket.company, TicketClass.CALL_BACK, since)
    receipt = [ClockEvent(since, EventKind.RECEIVED)]
    terms = clock_rule(rule)
    calendar = calendar_in_force(terms)
    reading = read_clock(terms, receipt, since, calendar)
    return CallBack.objects.create(
        ticket=ticket,
        ordinal=ticket.call_backs.count() + 1,
        rule=rule,
        policy=policy,
        owed_since=since,
        due_at=reading.promised,
        provisional=reading.provisional,
        calendar_id=calendar.number or None,
    )


def new_link(call_back: CallBack, *, by: Actor, at: datetime) -> str:
    """Issues a link for one answer and returns its secret; an older link is revoked.

    A step of resolving and of sending a link; the caller holds the lock of the ticket.
    """
    ticket = call_back.ticket
    _expire_request(ticket)
    return issue_link(
        call_back,
        LINK_PURPOSE,
        recipient=mask_phone(ticket.caller_phone) if ticket.caller_phone else "",
        valid_until=at + LINK_LIFE,
        company=ticket.company,
        by=by,
        at=at,
    )


def end_link(call_back: CallBack, *, by: Actor, at: datetime) -> None:
    """Revokes the link of a call-back that is over. The caller holds the lock of the ticket."""
    revoke_link(call_back, LINK_PURPOSE, by=by, at=at)
    _expire_request(call_back.ticket)


def _expire_request(ticket: Ticket) -> None:
    """Expires the message that asks for an opinion, if it still waits to be sent."""
    # A gateway that was down for hours must not ask a customer who has answered meanwhile.
    expire_waiting_messages(ticket.company, ASKING_TEMPLATE, message_cause(ticket))


def message_cause(ticket: Ticket, cause: str = "") -> str:
    """Returns the cause of a message about a ticket; without `cause`, the prefix that all of them
    have.
    """
    return f"ticket:{ticket.pk}:{cause}"


def drop_call_backs(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Drops the live call-backs, since a redo begins and its resolution creates a new one.

    A step of `redo`; the caller holds the lock of the ticket.
    """
    live = ticket.call_backs.select_for_update(of=("self",)).filter(state__in=LIVE_CALL_BACKS)
    for call_back in live:
        call_back.state = CALL_BACK.next_state(call_back.state, "drop_call_back")
        call_back.save(update_fields=["state"])
        end_link(call_back, by=by, at=at)
