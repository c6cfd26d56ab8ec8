"""Tickets that wait for a crew, and crews on duty."""

from typing import Any

from complaints.models import Crew, Ticket
from complaints.rosters.operations import Duty, publish_duty
from complaints.tickets.intake import open_ticket
from tests.builders import an_account
from tests.clock import present
from tests.service_desk import HOUR, MINUTE, Desk, a_repair


def a_waiting_ticket(desk: Desk, report: Any = None, **changes: Any) -> Ticket:
    report = report or a_repair(account=an_account(desk.company), **changes)
    return open_ticket(desk.company, report, by=desk.agent, at=present())


def on_duty(desk: Desk, crew: Crew) -> None:
    now = present()
    duty = Duty(now - HOUR, now + HOUR, list(crew.members.all()), "0351-7654321")
    publish_duty(crew, duty, by=desk.dispatcher, at=now - MINUTE)
