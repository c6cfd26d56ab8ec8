"""How moves of credit between connections are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

CREDIT_MOVE_APPROVAL = register_kind(
    ApprovalKind(
        key="credit_move",
        label=_("入网余款划转"),
        table="billing.creditmove",
        permissions=("billing.approve_credit_move",),
        default_levels=("billing.approve_credit_move",),
    )
)
