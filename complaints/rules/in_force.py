"""Which rule holds for a company on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import F, Q

from complaints.classes import TicketClass
from complaints.models import CallBackPolicy, PromiseRule
from office.case_files import Fields
from office.clock import Rule
from office.clock_terms import read_rule
from office.models import Company, User


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


@dataclass(frozen=True)
class Standing:
    """What one company promises one class (or the group does, without a company)."""

    ticket_class: TicketClass
    company: Company | None
    now: PromiseRule | None
    ahead: tuple[PromiseRule, ...]


@dataclass(frozen=True)
class StandingPolicy:
    """Whom one company calls back (or the group does, without a company)."""

    company: Company | None
    now: CallBackPolicy | None
    ahead: tuple[CallBackPolicy, ...]


def standing_rules(user: User, day: date) -> list[Standing]:
    """Class by class: what the group promises, then which companies promise something else.

    A company that is not named promises what the group does.
    """
    kept: dict[tuple[str, int | None], list[PromiseRule]] = {}
    for rule in PromiseRule.objects.visible_to(user).select_related("company"):
        kept.setdefault((rule.ticket_class, rule.company_id), []).append(rule)
    standing = []
    for ticket_class in TicketClass:
        own = sorted(
            (key for key in kept if key[0] == ticket_class and key[1] is not None),
            key=lambda key: str(key[1]),
        )
        for key in [(ticket_class.value, None), *own]:
            rules = kept.get(key, [])
            company = rules[0].company if rules else None
            now, ahead = _split(rules, day)
            standing.append(Standing(ticket_class, company, now, ahead))
    return standing


def standing_policies(user: User, day: date) -> list[StandingPolicy]:
    """Whom the group calls back, then which companies call back others."""
    kept: dict[int | None, list[CallBackPolicy]] = {None: []}
    for policy in CallBackPolicy.objects.visible_to(user).select_related("company"):
        kept.setdefault(policy.company_id, []).append(policy)
    return [
        StandingPolicy(policies[0].company if policies else None, *_split(policies, day))
        for policies in kept.values()
    ]


R = TypeVar("R", PromiseRule, CallBackPolicy)


def _split(rules: Sequence[R], day: date) -> tuple[R | None, tuple[R, ...]]:
    """The one that holds on a day, and those that follow; of one day the last published."""
    by_day = {
        rule.effective_from: rule
        for rule in sorted(rules, key=lambda rule: (rule.effective_from, rule.pk))
    }
    begun = [rule for start, rule in by_day.items() if start <= day]
    return (begun[-1] if begun else None), tuple(r for s, r in by_day.items() if s > day)
