"""The kind of run that billing runs are, and how they are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from billing.states import BILLING_RUN, BillingRunState
from office.approvals.kinds import ApprovalKind, register_kind
from office.runs.kinds import RunKind

BILLING_RUN_APPROVAL = register_kind(
    ApprovalKind(
        key="billing_run",
        label=_("出账批次"),
        table="billing.billingrun",
        permissions=("billing.approve_billing_run",),
        default_levels=("billing.approve_billing_run",),
    )
)
BILLING_RUN_KIND = RunKind(
    job="billing_run",
    workflow=BILLING_RUN,
    approval=BILLING_RUN_APPROVAL,
    working={
        BillingRunState.PREVIEWING: "billing.preview_billing_run",
        BillingRunState.ISSUING: "billing.issue_billing_run",
    },
)
