"""The kind of run that dunning runs are, and how they are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from billing.change_states import DUNNING_RUN, DunningRunState
from office.approvals.kinds import ApprovalKind, register_kind
from office.runs.kinds import RunKind

DUNNING_RUN_APPROVAL = register_kind(
    ApprovalKind(
        key="dunning_run",
        label=_("催缴批次"),
        table="billing.dunningrun",
        permissions=("billing.approve_dunning_run",),
        default_levels=("billing.approve_dunning_run",),
    )
)
DUNNING_RUN_KIND = RunKind(
    job="dunning_run",
    workflow=DUNNING_RUN,
    approval=DUNNING_RUN_APPROVAL,
    working={
        DunningRunState.PREVIEWING: "billing.create_dunning_run",
        DunningRunState.REMINDING: "billing.start_dunning_run",
    },
)
