"""Rules of customer service: valid from a date on, never changed, never backdated."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketClass
from complaints.models import AfterUnanswered, CallBackPolicy, PromiseRule
from complaints.rules.terms import check_terms
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.permissions import GROUP_RULE, authorise, authorise_whole_group
from office.refusals import Invalid


@transaction.atomic
def publish_promise_rule(
    company: Company | None,
    ticket_class: TicketClass,
    terms: dict[str, Any],
    *,
    effective_from: date,
    source: str,
    by: Actor,
    at: datetime,
) -> PromiseRule:
    """Publishes the promise for a class of tickets from a day on.

    Without a company the rule is valid for the whole group. Tickets received before that day keep
    their rule.
    """
    authorise(by, "complaints.publish_promise_rule", company)
    authorise_whole_group(by, company, GROUP_RULE)
    earlier_rules = PromiseRule.objects.filter(ticket_class=ticket_class)
    _check_paper(effective_from, source, at, first=_is_first(earlier_rules, company))
    check_terms(terms)
    rule = PromiseRule.objects.create(
        company=company,
        ticket_class=ticket_class,
        effective_from=effective_from,
        terms=terms,
        source=source.strip(),
        published_by=by.user,
        published_at=at,
    )
    journal.record(
        "publish_promise_rule",
        rule,
        by=by,
        at=at,
        ticket_class=ticket_class.value,
        effective_from=f"{effective_from}",
        terms=terms,
    )
    return rule


@transaction.atomic
def publish_call_back_policy(
    company: Company | None,
    *,
    sample_percent: int,
    most_attempts: int,
    hours_between: int,
    after_unanswered: AfterUnanswered,
    effective_from: date,
    source: str,
    by: Actor,
    at: datetime,
) -> CallBackPolicy:
    """Publishes from a day on which customers are called back, how often, and what follows."""
    authorise(by, "complaints.publish_call_back_policy", company)
    authorise_whole_group(by, company, GROUP_RULE)
    first = _is_first(CallBackPolicy.objects.all(), company)
    _check_paper(effective_from, source, at, first=first)
    if not 0 <= sample_percent <= 100:
        raise Invalid("sample_wrong", _("抽样比例应在 0 到 100 之间。"))
    if not 1 <= most_attempts <= 20:
        raise Invalid("attempts_wrong", _("最多拨打次数应在 1 到 20 之间。"))
    if not 1 <= hours_between <= 72:
        raise Invalid("spacing_wrong", _("未接通后至少间隔应在 1 到 72 小时之间。"))
    policy = CallBackPolicy.objects.create(
        company=company,
        sample_percent=sample_percent,
        most_attempts=most_attempts,
        hours_between=hours_between,
        after_unanswered=after_unanswered,
        effective_from=effective_from,
        source=source.strip(),
        published_by=by.user,
        published_at=at,
    )
    journal.record(
        "publish_call_back_policy",
        policy,
        by=by,
        at=at,
        sample_percent=sample_percent,
        most_attempts=most_attempts,
        hours_between=hours_between,
        after_unanswered=after_unanswered.value,
        effective_from=f"{effective_from}",
    )
    return policy


def _is_first(
    earlier_rules: QuerySet[PromiseRule] | QuerySet[CallBackPolicy], company: Company | None
) -> bool:
    """Returns whether this is the first rule of its kind; only the first may be backdated."""
    if company is None:
        return not earlier_rules.exists()
    return not earlier_rules.filter(Q(company=company) | Q(company__isnull=True)).exists()


def _check_paper(effective_from: date, source: str, at: datetime, *, first: bool) -> None:
    """Refuses a rule without a source document, and a backdated rule unless it is the first."""
    if not source.strip():
        raise Invalid("source_missing", _("请填写规则依据（服务手册或文件名称）。"))
    if effective_from < business_date(at) and not first:
        raise Invalid("rule_backdated", _("规则不能追溯到今天以前，已受理的工单按原规则承诺。"))
