"""How adjustments are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

ADJUSTMENT_APPROVAL = register_kind(
    ApprovalKind(
        key="adjustment",
        label=_("调整单"),
        table="billing.adjustment",
        permissions=("billing.approve_adjustment",),
        default_levels=("billing.approve_adjustment",),
    )
)
