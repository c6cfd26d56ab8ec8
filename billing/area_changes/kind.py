"""How area changes are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

AREA_CHANGE_APPROVAL = register_kind(
    ApprovalKind(
        key="area_change",
        label=_("面积变更"),
        table="billing.areachange",
        permissions=("billing.approve_area_change",),
        default_levels=("billing.approve_area_change",),
    )
)
