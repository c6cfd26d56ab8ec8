"""How refunds of advances are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

ADVANCE_REFUND_APPROVAL = register_kind(
    ApprovalKind(
        key="advance_refund",
        label=_("预存退款"),
        table="billing.advancerefund",
        permissions=("billing.approve_advance_refund",),
        default_levels=("billing.approve_advance_refund",),
    )
)
REFUND_TO_SOURCE_APPROVAL = register_kind(
    ApprovalKind(
        key="refund_to_source",
        label=_("原路退款"),
        table="billing.refundtosource",
        permissions=("billing.approve_refund_to_source",),
        default_levels=("billing.approve_refund_to_source",),
    )
)
