"""The sidebar's entries for procurement."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

PROCUREMENT = Group(
    _("采购与供应商"),
    (
        Item(
            pgettext_lazy("plural", "供应商"),
            "local_shipping",
            "suppliers_supplier_changelist",
            ("suppliers.view_supplier",),
        ),
        Item(
            _("准入进度"),
            "view_kanban",
            "supplier_admission_board",
            ("suppliers.view_admission",),
        ),
        Item(
            pgettext_lazy("plural", "供应商准入"),
            "how_to_reg",
            "suppliers_admission_changelist",
            ("suppliers.view_admission",),
        ),
        Item(
            pgettext_lazy("plural", "供货资格"),
            "verified",
            "suppliers_qualification_changelist",
            ("suppliers.view_qualification",),
        ),
        Item(
            pgettext_lazy("plural", "供应商证照"),
            "workspace_premium",
            "suppliers_supplierpaper_changelist",
            ("suppliers.view_supplierpaper",),
            "?state__exact=handed_in",
        ),
        Item(
            pgettext_lazy("plural", "收款账户"),
            "account_balance",
            "suppliers_supplierbankaccount_changelist",
            ("suppliers.confirm_bank_account",),
            "?state__exact=proposed",
        ),
        Item(
            pgettext_lazy("plural", "采购类别"),
            "category",
            "suppliers_supplycategory_changelist",
            ("suppliers.view_supplycategory",),
            waits="reserves",
        ),
        Item(
            pgettext_lazy("plural", "证照要求"),
            "rule",
            "suppliers_paperrequirement_changelist",
            ("suppliers.view_paperrequirement",),
        ),
    ),
)
