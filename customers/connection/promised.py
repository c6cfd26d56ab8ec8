"""The working days that a company's dated rule promises for the steps of a connection."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.connection_states import ConnectionState
from customers.models import ConnectionRule
from office.calendar import business_date
from office.clock import Rule
from office.models import Company
from office.promises.reckoning import rule_of
from office.refusals import Refused

# The column of the rule with the promised days of a step; other steps wait for the applicant.
DAYS_OF: dict[str, str] = {
    ConnectionState.APPLIED: "accept_days",
    ConnectionState.SURVEY: "survey_days",
    ConnectionState.DESIGN: "design_days",
    ConnectionState.REVIEW: "review_days",
    ConnectionState.PLAN: "plan_days",
    ConnectionState.APPROVAL: "approval_days",
    ConnectionState.CONTRACT: "contract_days",
    ConnectionState.KICK_OFF: "kick_off_days",
    ConnectionState.CONSTRUCTION: "construction_days",
    ConnectionState.READY: "heat_on_days",
}


def rule_in_force(company: Company, at: datetime) -> ConnectionRule:
    """Returns the company's rule of the day; refuses a company that has none."""
    rule = (
        ConnectionRule.objects.filter(company=company, starts__lte=business_date(at))
        .order_by("-starts")
        .first()
    )
    if rule is None:
        raise Refused(
            "no_connection_rule",
            _("%(company)s 还没有入网规定，请客服主管先登记各步骤的承诺工作日。"),
            company=company,
        )
    return rule


def days_of(company: Company, state: str, at: datetime) -> int:
    """Returns the working days promised for a step that begins now; 0 where none are."""
    column = DAYS_OF.get(state)
    return int(getattr(rule_in_force(company, at), column)) if column else 0


def promise_of(days: int) -> Rule:
    """Returns the clock's rule for a step: until the end of the last working day."""
    return rule_of({"kind": "working_days", "days": days, "day_end": "24:00"})
