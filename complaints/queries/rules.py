"""Which rule holds for a company on a day."""

from datetime import date

from django.db.models import F, Q

from complaints.classes import TicketClass
from complaints.models import CallBackPolicy, PromiseRule
from office.case_files import Fields
from office.clock import Rule
from office.clock_terms import read_rule
from office.models import Company


def rule_in_force(company: Company, ticket_class: TicketClass, day: date) -> PromiseRule | None:
    """The company's own latest rule begun by that day, else the group's."""
    return (
        PromiseRule.objects.filter(
            Q(company=company) | Q(company__isnull=True),
            ticket_class=ticket_class,
            effective_from__lte=day,
        )
        .order_by(F("company").asc(nulls_last=True), "-effective_from", "-pk")
        .first()
    )


def call_back_policy_in_force(company: Company, day: date) -> CallBackPolicy | None:
    """The company's own latest call-back policy begun by that day, else the group's."""
    return (
        CallBackPolicy.objects.filter(
            Q(company=company) | Q(company__isnull=True), effective_from__lte=day
        )
        .order_by(F("company").asc(nulls_last=True), "-effective_from", "-pk")
        .first()
    )


def clock_rule(rule: PromiseRule) -> Rule:
    """What the clock engine follows."""
    return read_rule(Fields(rule.terms, "时限"))
