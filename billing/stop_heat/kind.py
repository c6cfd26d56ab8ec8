"""How stops and resumptions are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

STOP_HEAT_APPROVAL = register_kind(
    ApprovalKind(
        key="stop_heat",
        label=_("报停"),
        table="billing.stopheat",
        permissions=("billing.approve_stop_heat",),
        default_levels=("billing.approve_stop_heat",),
        by_amount=False,
    )
)
RESUMPTION_APPROVAL = register_kind(
    ApprovalKind(
        key="resumption",
        label=_("复热"),
        table="billing.resumption",
        permissions=("billing.approve_resumption",),
        default_levels=("billing.approve_resumption",),
        by_amount=False,
    )
)
