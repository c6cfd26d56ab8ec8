"""The kind of run that renewals are, and how they are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from customers.states import RENEWAL_RUN, RenewalRunState
from office.approvals.kinds import ApprovalKind, register_kind
from office.runs.kinds import RunKind

RENEWAL_RUN_APPROVAL = register_kind(
    ApprovalKind(
        key="renewal_run",
        label=_("续签批次"),
        table="customers.renewalrun",
        permissions=("customers.approve_renewal_run",),
        default_levels=("customers.approve_renewal_run",),
        by_amount=False,
    )
)
RENEWAL_RUN_KIND = RunKind(
    job="renewal_run",
    workflow=RENEWAL_RUN,
    approval=RENEWAL_RUN_APPROVAL,
    working={
        RenewalRunState.PREVIEWING: "customers.create_renewal_run",
        RenewalRunState.ISSUING: "customers.issue_renewal_run",
    },
)
