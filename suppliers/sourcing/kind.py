"""How awards are approved."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

LEVELS = ("suppliers.approve_award",)
AWARD_APPROVAL = register_kind(
    ApprovalKind(
        key="sourcing_award",
        label=_("采购定标"),
        table="suppliers.sourcing",
        permissions=LEVELS,
        default_levels=LEVELS,
    )
)
