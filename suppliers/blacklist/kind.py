"""How bans are approved: by procurement and by the group, two people besides who proposed it."""

from django.utils.translation import gettext_lazy as _

from office.approvals.kinds import ApprovalKind, register_kind

LEVELS = ("suppliers.check_ban_procurement", "suppliers.check_ban_group")
BAN_APPROVAL = register_kind(
    ApprovalKind(
        key="supplier_ban",
        label=_("列入供应商黑名单"),
        table="suppliers.ban",
        permissions=LEVELS,
        default_levels=LEVELS,
        by_amount=False,
        least_levels=2,
    )
)
