"""Rules of the annual rating: drafted by one person, published by another, frozen for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.intake.cells import clean_text
from office.money import exact
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed
from suppliers.dimensions import Dimension, WithoutData
from suppliers.models import RatingRule, RatingRuleLine
from suppliers.rating.terms import terms_of
from suppliers.rating_states import RATING_RULE


@dataclass(frozen=True)
class DimensionTerms:
    """What a rule says of one dimension, in percent; without `excellent_least` an excellent
    supplier needs no least score.
    """

    weight: Decimal
    panel_share: Decimal = Decimal(0)
    without_data: WithoutData = WithoutData.NOT_RATED
    excellent_least: Decimal | None = None


@dataclass(frozen=True)
class RuleFacts:
    """A rule as it is drafted: from which year on, by which paper, and its terms."""

    title: str
    source: str
    from_year: int
    qualified_from: Decimal
    excellent_from: Decimal
    panel_from: Decimal
    objection_days: int
    dimensions: Mapping[Dimension, DimensionTerms]
    grace_days: int = 0


@transaction.atomic
def draft_rating_rule(facts: RuleFacts, *, by: Actor, at: datetime) -> RatingRule:
    """Drafts a rule, which rates nobody until another person has published it.

    Raises `Invalid` for terms that contradict themselves, such as weights that are not 100 in all.
    """
    authorise(by, "suppliers.draft_rating_rule")
    if by.user is None:
        raise NotAllowed()
    for value, name in ((facts.title, _("名称")), (facts.source, _("依据"))):
        if not clean_text(value):
            raise Invalid("fact_missing", _("请填写%(name)s。"), name=name)
    if not 2000 <= facts.from_year <= 2100:
        raise Invalid("year_wrong", _("评审年度须为四位年份，请核对。"))
    _refuse_contradictions(facts)
    rule = RatingRule.objects.create(
        title=clean_text(facts.title),
        source=clean_text(facts.source),
        from_year=facts.from_year,
        grace_days=facts.grace_days,
        qualified_from=facts.qualified_from,
        excellent_from=facts.excellent_from,
        panel_from=facts.panel_from,
        objection_days=facts.objection_days,
        drafted_by=by.user,
        drafted_at=at,
    )
    RatingRuleLine.objects.bulk_create(
        RatingRuleLine(rule=rule, dimension=dimension, **vars(facts.dimensions[dimension]))
        for dimension in Dimension
    )
    journal.record("draft_rating_rule", rule, by=by, at=at, title=rule.title)
    return rule


@transaction.atomic
def publish_rating_rule(rule: RatingRule, *, by: Actor, at: datetime) -> RatingRule:
    """Puts a rule in force from its year on; never by who drafted it.

    Earlier years keep the rule they were rated by, and PostgreSQL refuses to change this one.
    """
    authorise(by, "suppliers.publish_rating_rule")
    if by.user is None:
        raise NotAllowed()
    locked_rule = RatingRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    state = RATING_RULE.next_state(locked_rule.state, "publish_rating_rule")
    if locked_rule.drafted_by_id == by.user.pk:
        raise NotAllowed(_("评审规则须由起草人以外的人发布。"))
    terms_of(locked_rule)
    locked_rule.state = state
    locked_rule.published_by = by.user
    locked_rule.published_at = at
    locked_rule.save(update_fields=["state", "published_by", "published_at"])
    journal.record("publish_rating_rule", locked_rule, by=by, at=at, title=locked_rule.title)
    return locked_rule


def _refuse_contradictions(facts: RuleFacts) -> None:
    """Refuses terms that the pure rules would refuse, with their reason."""
    parts = facts.dimensions
    if any(dimension not in parts for dimension in Dimension):
        raise Invalid("weights_missing", _("请填写五项权重。"))
    with exact():
        total = sum((part.weight for part in parts.values()), Decimal(0))
    if total != 100:
        raise Invalid("weights_wrong", _("五项权重之和须为100，请核对。"))
    if not 1 <= facts.objection_days <= 90:
        raise Invalid("objection_days_wrong", _("公示天数须在1到90之间。"))
    percentages = [facts.qualified_from, facts.excellent_from, facts.panel_from]
    for part in parts.values():
        percentages += [part.weight, part.panel_share, part.excellent_least or Decimal(0)]
    if any(not 0 <= percentage <= 100 for percentage in percentages):
        raise Invalid("percent_wrong", _("权重、评审占比和分数线须在0到100之间。"))
    if facts.qualified_from > facts.excellent_from:
        raise Invalid("bounds_wrong", _("优秀线不能低于合格线。"))
