"""The terms of a rule as the pure rules take them, and the rule of a year."""

from suppliers.dimensions import Dimension, WithoutData
from suppliers.models import RatingRule
from suppliers.rating.scoring import RatingTerms
from suppliers.rating_states import RatingRuleState


def terms_of(rule: RatingRule) -> RatingTerms:
    """Returns the rule as `RatingTerms`; raises ValueError where it contradicts itself."""
    lines = {Dimension(line.dimension): line for line in rule.lines.all()}
    return RatingTerms(
        weights={dimension: line.weight for dimension, line in lines.items()},
        qualified_from=rule.qualified_from,
        excellent_from=rule.excellent_from,
        panel_share={dimension: line.panel_share for dimension, line in lines.items()},
        without_data={
            dimension: WithoutData(line.without_data) for dimension, line in lines.items()
        },
        excellent_needs={
            dimension: line.excellent_least
            for dimension, line in lines.items()
            if line.excellent_least is not None
        },
        grace_days=rule.grace_days,
    )


def rule_of_year(year: int) -> RatingRule | None:
    """Returns the published rule that a year is rated by: that of the latest year up to it, of
    several the one published last.
    """
    return (
        RatingRule.objects.filter(state=RatingRuleState.PUBLISHED, from_year__lte=year)
        .order_by("-from_year", "-published_at", "-pk")
        .first()
    )
