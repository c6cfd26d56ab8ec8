"""How a billing run is approved, where no published rule says otherwise: by one second person."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

BILLING_RUN_APPROVAL = register_kind(
    ApprovalKind(
        key="billing_run",
        label=_("出账批次"),
        table="billing.billingrun",
        permissions=("billing.approve_billing_run",),
        default_levels=("billing.approve_billing_run",),
    )
)
