"""The call-back as an obligation: owed when a ticket is resolved. Call under the ticket's lock."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketClass, TicketKind
from complaints.models import CallBack, Ticket
from complaints.promises.clock_entries import find_rule
from complaints.promises.explain import calendar_in_force
from complaints.promises.sampling import in_sample
from complaints.rules.in_force import call_back_policy_in_force, clock_rule
from complaints.states import CALL_BACK, LIVE_CALL_BACKS
from customers.sign_in.tokens import token_digest
from office.calendar import business_date
from office.clock import ClockEvent, EventKind, read_clock
from office.refusals import Refused

LINK_LIFE = timedelta(days=7)


def owe_call_back(ticket: Ticket, since: datetime) -> CallBack | None:
    """Owe the customer a call from the resolution on; None when the ticket is not in the sample.

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
    calendar = calendar_in_force(rule)
    reading = read_clock(clock_rule(rule), receipt, since, calendar)
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


def new_link(call_back: CallBack, at: datetime) -> str:
    """A token to answer by, once; an older one ends with it. Call under the ticket's lock."""
    secret = secrets.token_urlsafe(32)
    call_back.token_digest = token_digest(secret)
    call_back.token_expires_at = at + LINK_LIFE
    call_back.save(update_fields=["token_digest", "token_expires_at"])
    return secret


def drop_call_backs(ticket: Ticket) -> None:
    """The work is done again: what was owed for the first time is owed after the second."""
    for call_back in ticket.call_backs.select_for_update().filter(state__in=LIVE_CALL_BACKS):
        call_back.state = CALL_BACK.next_state(call_back.state, "drop_call_back")
        call_back.save(update_fields=["state"])
