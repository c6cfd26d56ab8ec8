"""The kind of run that the annual rating is, and how it is approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind
from office.runs.kinds import RunKind
from suppliers.rating_states import RATING_RUN, RatingRunState

LEVELS = ("suppliers.check_rating_run", "suppliers.approve_rating_run")
RATING_RUN_APPROVAL = register_kind(
    ApprovalKind(
        key="rating_run",
        label=_("年度评审"),
        table="suppliers.ratingrun",
        permissions=LEVELS,
        default_levels=LEVELS,
        by_amount=False,
        least_levels=2,
    )
)
RATING_RUN_KIND = RunKind(
    job="rating_run",
    workflow=RATING_RUN,
    approval=RATING_RUN_APPROVAL,
    working={RatingRunState.SCORING: "suppliers.score_rating_run"},
)
