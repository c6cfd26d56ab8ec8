"""What the group promises, as its service handbook says, and who is called back."""

from datetime import date, datetime
from typing import Any

from complaints.classes import TicketClass
from complaints.models import AfterUnanswered
from complaints.rules.operations import publish_call_back_policy, publish_promise_rule
from office.actors import Actor

SOURCE = "客户服务手册（2023 年版）"
SAMPLE_PERCENT = 50
_THREE_DAYS = {"kind": "calendar_days", "days": 3, "day_end": "24:00"}
_THREE_WORKING_DAYS = {"kind": "working_days", "days": 3, "day_end": "18:00"}
_TERMS: dict[TicketClass, dict[str, Any]] = {
    TicketClass.ENQUIRY: _THREE_WORKING_DAYS,
    TicketClass.REPAIR_MINOR: {
        "kind": "same_day",
        "cutoff": "20:00",
        "day_end": "24:00",
        "next_day_end": "12:00",
    },
    TicketClass.REPAIR_MEDIUM: _THREE_DAYS,
    TicketClass.REPAIR_MAJOR: _THREE_DAYS,
    TicketClass.COMPLAINT: _THREE_WORKING_DAYS,
    TicketClass.SERVICE: _THREE_WORKING_DAYS,
    TicketClass.CALL_BACK: {"kind": "working_days", "days": 2, "day_end": "18:00"},
}


def publish_rules(effective_from: date, *, by: Actor, at: datetime) -> None:
    """Small repairs the same day, others in three days, enquiries in three working days."""
    for ticket_class, terms in _TERMS.items():
        publish_promise_rule(
            None,
            ticket_class,
            terms,
            effective_from=effective_from,
            source=SOURCE,
            by=by,
            at=at,
        )
    publish_call_back_policy(
        None,
        sample_percent=SAMPLE_PERCENT,
        most_attempts=3,
        hours_between=2,
        after_unanswered=AfterUnanswered.GIVE_UP,
        effective_from=effective_from,
        source=SOURCE,
        by=by,
        at=at,
    )
