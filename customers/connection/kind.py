"""How construction plans and budgets of connections are approved."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

LEVELS = (
    "customers.check_plan_company",
    "customers.check_plan_technology",
    "customers.check_plan_group",
)
CONNECTION_APPROVAL = register_kind(
    ApprovalKind(
        key="connection_plan",
        label=_("入网方案与预算"),
        table="customers.connection",
        permissions=LEVELS,
        default_levels=LEVELS,
        least_levels=2,
    )
)
