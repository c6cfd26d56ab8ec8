"""Queries for the rule that is valid for a company on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import F, Q

from complaints.classes import TicketClass
from complaints.models import CallBackPolicy, PromiseRule
from office.clock import Rule
from office.models import Company, User
from office.promises.reckoning import rule_of


def rule_in_force(company: Company, ticket_class: TicketClass, day: date) -> PromiseRule | None:
    """Returns the company's own latest rule begun by that day, otherwise the group's."""
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
    """Returns the company's own latest call-back policy begun by that day, otherwise the
    group's.
    """
    return (
        CallBackPolicy.objects.filter(
            Q(company=company) | Q(company__isnull=True), effective_from__lte=day
        )
        .order_by(F("company").asc(nulls_last=True), "-effective_from", "-pk")
        .first()
    )


def clock_rule(rule: PromiseRule) -> Rule:
    """Returns the rule in the form that the clock engine reads."""
    return rule_of(rule.terms)


@dataclass(frozen=True)
class Standing:
    """The promise of a company (or, without a company, of the group) for one class."""

    ticket_class: TicketClass
    company: Company | None
    now: PromiseRule | None
    ahead: tuple[PromiseRule, ...]


@dataclass(frozen=True)
class StandingPolicy:
    """The call-back policy of a company, or of the group without a company."""

    company: Company | None
    now: CallBackPolicy | None
    ahead: tuple[CallBackPolicy, ...]


def standing_rules(user: User, day: date) -> list[Standing]:
    """Returns for each class the group's promise, then the companies with a rule of their own.

    The group's promise is valid for every company that is not named.
    """
    by_key: dict[tuple[str, int | None], list[PromiseRule]] = {}
    for rule in PromiseRule.objects.visible_to(user).select_related("company"):
        by_key.setdefault((rule.ticket_class, rule.company_id), []).append(rule)
    standing = []
    for ticket_class in TicketClass:
        own = sorted(
            (key for key in by_key if key[0] == ticket_class and key[1] is not None),
            key=lambda key: str(key[1]),
        )
        for key in [(ticket_class.value, None), *own]:
            rules = by_key.get(key, [])
            company = rules[0].company if rules else None
            now, ahead = _split(rules, day)
            standing.append(Standing(ticket_class, company, now, ahead))
    return standing


def standing_policies(user: User, day: date) -> list[StandingPolicy]:
    """Returns the group's call-back policy, then the companies with their own."""
    by_key: dict[int | None, list[CallBackPolicy]] = {None: []}
    for policy in CallBackPolicy.objects.visible_to(user).select_related("company"):
        by_key.setdefault(policy.company_id, []).append(policy)
    return [
        StandingPolicy(policies[0].company if policies else None, *_split(policies, day))
        for policies in by_key.values()
    ]


R = TypeVar("R", PromiseRule, CallBackPolicy)


def _split(rules: Sequence[R], day: date) -> tuple[R | None, tuple[R, ...]]:
    """Returns the rule in force on a day and the later ones; of one day the last published
    counts.
    """
    by_day = {
        rule.effective_from: rule
        for rule in sorted(rules, key=lambda rule: (rule.effective_from, rule.pk))
    }
    begun = [rule for start, rule in by_day.items() if start <= day]
    return (begun[-1] if begun else None), tuple(r for s, r in by_day.items() if s > day)
