"""The sidebar's entries for approvals."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

APPROVALS = Group(
    pgettext_lazy("plural", "审批"),
    (
        Item(
            _("待我审批"),
            "approval",
            "office_approval_changelist",
            ("office.view_approval",),
            "?waiting=me",
            waits="approvals",
        ),
        Item(
            pgettext_lazy("plural", "审批规则"),
            "account_tree",
            "office_approvalrule_changelist",
            ("office.view_approvalrule",),
        ),
        Item(
            pgettext_lazy("plural", "审批委托"),
            "handshake",
            "office_delegation_changelist",
            ("office.view_delegation",),
        ),
    ),
)
