"""How annual connection plans are approved without a published rule."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

ANNUAL_PLAN_APPROVAL = register_kind(
    ApprovalKind(
        key="annual_plan",
        label=_("年度入网计划"),
        table="customers.annualplan",
        permissions=("customers.approve_annual_plan",),
        default_levels=("customers.approve_annual_plan",),
        by_amount=False,
    )
)
