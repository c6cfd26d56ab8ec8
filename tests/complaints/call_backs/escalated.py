"""A call-back that nobody answered and that went to the manager."""

from datetime import date

from complaints.call_backs.operations import record_call_back
from complaints.models import (
    AfterUnanswered,
    CallBack,
    CallOutcome,
)
from complaints.rules.operations import publish_call_back_policy
from complaints.tickets.resolution import resolve_ticket
from tests.service_desk import HOUR, SYSTEM, Desk, a_complaint, a_ticket, t


def policy(percent: int, after: AfterUnanswered) -> None:
    publish_call_back_policy(
        None,
        sample_percent=percent,
        most_attempts=3,
        hours_between=2,
        after_unanswered=after,
        effective_from=date(2026, 1, 1),
        source="回访办法",
        by=SYSTEM,
        at=t("2025-12-31 09:00"),
    )


def escalated(desk: Desk, when: str) -> CallBack:
    """Three calls that nobody answered, by a policy that then asks for the manager."""
    policy(100, AfterUnanswered.ESCALATE)
    ticket = a_ticket(desk, when, a_complaint())
    resolve_ticket(ticket, "已致歉", by=desk.agent, at=t(when))
    call_back = ticket.call_backs.get()
    for n in range(3):
        at = t(when) + (1 + 2 * n) * HOUR
        call_back = record_call_back(call_back, CallOutcome.NO_ANSWER, by=desk.other_agent, at=at)
    return call_back
