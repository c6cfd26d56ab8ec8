"""Which levels an approval has: by published rules, dated, for a company or the whole group."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.approvals.kinds import ApprovalKind, approval_kind
from office.calendar import business_date
from office.models import ApprovalRule, Company
from office.permissions import GROUP_RULE, authorise, authorise_whole_group
from office.refusals import Invalid

MOST_LEVELS = 5


def approval_rule_in_force(
    kind: ApprovalKind, company: Company, amount_fen: int, day: date
) -> ApprovalRule | None:
    """Returns the rule for an amount on a day: the company's own before the group's.

    Of those, the highest starting amount that is reached; of equal amounts, the latest rule.
    None means that the default of the kind holds.
    """
    return (
        ApprovalRule.objects.filter(
            Q(company=company) | Q(company__isnull=True),
            kind=kind.key,
            from_amount_fen__lte=max(amount_fen, 0),
            effective_from__lte=day,
        )
        .order_by(
            F("company").asc(nulls_last=True),
            "-from_amount_fen",
            "-effective_from",
            "-published_at",
        )
        .first()
    )


@transaction.atomic
def publish_approval_rule(
    kind_key: str,
    company: Company | None,
    levels: Sequence[str],
    *,
    from_amount_fen: int = 0,
    effective_from: date,
    source: str,
    by: Actor,
    at: datetime,
) -> ApprovalRule:
    """Says through which levels records of a kind go from a day and an amount (fen) on.

    Without a company the rule holds in the whole group. Approvals that are open already keep
    their levels. Raises `Invalid` for levels the kind does not know, a missing paper or a day
    that has passed.
    """
    authorise(by, "office.publish_approval_rule", company)
    authorise_whole_group(by, company, GROUP_RULE)
    kind = approval_kind(kind_key)
    _check_levels(kind, levels)
    if from_amount_fen < 0 or (from_amount_fen and not kind.by_amount):
        raise Invalid("approval_amount_wrong", _("起始金额不能为负；没有金额的事项请填 0。"))
    if not source.strip():
        raise Invalid("source_missing", _("请填写依据（审批权限文件的名称、文号）。"))
    if effective_from < business_date(at):
        raise Invalid("rule_backdated", _("审批规则不能追溯到今天以前，请改执行日期。"))
    rule = ApprovalRule.objects.create(
        kind=kind.key,
        company=company,
        from_amount_fen=from_amount_fen,
        levels=list(levels),
        effective_from=effective_from,
        source=source.strip(),
        published_by=by.user,
        published_at=at,
    )
    journal.record(
        "publish_approval_rule",
        rule,
        by=by,
        at=at,
        kind=kind.key,
        levels=list(levels),
        from_amount_fen=from_amount_fen,
        effective_from=f"{effective_from}",
        source=rule.source,
    )
    return rule


def _check_levels(kind: ApprovalKind, levels: Sequence[str]) -> None:
    if not kind.least_levels <= len(levels) <= MOST_LEVELS:
        raise Invalid(
            "approval_levels_wrong",
            _("审批级次应为 %(least)s 至 %(most)s 级。"),
            least=kind.least_levels,
            most=MOST_LEVELS,
        )
    if unknown := [name for name in levels if name not in kind.permissions]:
        raise Invalid(
            "approval_level_unknown",
            _("%(kind)s不能由“%(level)s”这一权限审批，请重新选择。"),
            kind=kind.label,
            level=unknown[0],
        )
