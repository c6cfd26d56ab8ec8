"""Requests of the call centre's system in the name of the agent whose telephone rings."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from complaints.models import RingingCall
from complaints.tickets.screen_pop import ScreenPop, screen_pop
from office import journal
from office.actors import Actor
from office.identity import mask_phone
from office.models import MachineToken, User
from office.refusals import Invalid, NotFound

# How far the call centre's clock may be ahead of the server's.
_AHEAD = timedelta(minutes=5)
ANSWERS_CALLS = "complaints.open_ticket"


@transaction.atomic
def show_screen_pop(
    machine: MachineToken, number: str, agent: str, *, by: Actor, at: datetime
) -> ScreenPop:
    """Returns what the agent may see about a number, within the machine's company.

    The query is recorded in the journal. No permission: the machine's token names the company, and
    the agent must be allowed to take its calls.
    """
    person = _agent(machine, agent)
    pop = _within(machine, screen_pop(number, person))
    journal.record(
        "show_screen_pop",
        machine,
        by=by,
        at=at,
        agent=person.get_username(),
        number=mask_phone(pop.phone),
        accounts=[row.account.number for row in pop.accounts],
    )
    return pop


def record_ringing(
    machine: MachineToken,
    number: str,
    agent: str,
    *,
    call_id: str,
    rang_at: datetime,
    by: Actor,
    at: datetime,
) -> RingingCall:
    """Records that a telephone rings; a repeated report of the same call returns the first row.

    No permission: the machine's token names the company, and the agent must be allowed to take its
    calls.
    """
    if rang_at > at + _AHEAD:
        raise Invalid("time_ahead", _("振铃时间不能晚于现在，请校对呼叫中心的时钟。"))
    person = _agent(machine, agent)
    try:
        with transaction.atomic():
            call = RingingCall.objects.create(
                company=machine.company,
                machine=machine,
                call_id=call_id,
                number=number.strip(),
                agent=person,
                rang_at=rang_at,
                received_at=at,
            )
            journal.record(
                "record_ringing",
                call,
                by=by,
                at=at,
                agent=person.get_username(),
                number=mask_phone(number.strip()),
            )
            return call
    except IntegrityError:
        # (company, call_id) is unique: the call centre repeats a report that it got no answer to.
        return RingingCall.objects.get(company=machine.company, call_id=call_id)


def _agent(machine: MachineToken, username: str) -> User:
    """Returns the agent in whose name the machine asks.

    Unknown, inactive and unauthorised agents get the same answer, so that the machine cannot probe
    for user names.
    """
    person = User.objects.filter(username=username, is_active=True).first()
    if (
        person is None
        or not person.works_for(machine.company)
        or not person.has_perm(ANSWERS_CALLS)
    ):
        raise NotFound(_("没有这个坐席，或该坐席无权受理本公司的来电。"))
    return person


def _within(machine: MachineToken, pop: ScreenPop) -> ScreenPop:
    """Returns the screen pop without accounts and tickets of companies other than the machine's."""
    company = machine.company_id
    return replace(
        pop,
        accounts=[row for row in pop.accounts if row.account.company_id == company],
        tickets=[ticket for ticket in pop.tickets if ticket.company_id == company],
    )
