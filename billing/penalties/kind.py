"""How waivers of late fees are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

WAIVER_APPROVAL = register_kind(
    ApprovalKind(
        key="late_fee_waiver",
        label=_("违约金减免"),
        table="billing.latefeewaiver",
        permissions=("billing.approve_late_fee_waiver",),
        default_levels=("billing.approve_late_fee_waiver",),
    )
)
