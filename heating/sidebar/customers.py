"""The sidebar's entries for customers and places."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

CUSTOMERS = Group(
    pgettext_lazy("plural", "用户"),
    (
        Item(
            pgettext_lazy("plural", "户号"),
            "home",
            "customers_account_changelist",
            ("customers.view_account",),
        ),
        Item(
            pgettext_lazy("plural", "用户"),
            "group",
            "customers_customer_changelist",
            ("customers.view_customer",),
        ),
        Item(
            pgettext_lazy("plural", "合同"),
            "contract",
            "customers_supplycontract_changelist",
            ("customers.view_supplycontract",),
        ),
        Item(
            _("到期待续的合同"),
            "event_repeat",
            "customers_supplycontract_changelist",
            ("customers.draw_up_contract",),
            "?term=expiring",
            waits="expiring_contracts",
        ),
        Item(
            pgettext_lazy("plural", "续签批次"),
            "autorenew",
            "customers_renewalrun_changelist",
            ("customers.view_renewalrun",),
        ),
        Item(
            pgettext_lazy("plural", "合同文书"),
            "description",
            "customers_contractpaper_changelist",
            ("customers.view_contractpaper",),
        ),
        Item(
            pgettext_lazy("plural", "合同文本"),
            "article",
            "customers_contracttemplate_changelist",
            ("customers.view_contracttemplate",),
        ),
        Item(
            pgettext_lazy("plural", "小区"),
            "location_city",
            "customers_community_changelist",
            ("customers.view_community",),
        ),
        Item(
            pgettext_lazy("plural", "热源"),
            "factory",
            "customers_heatsource_changelist",
            ("customers.view_heatsource",),
        ),
        Item(
            pgettext_lazy("plural", "换热站"),
            "heat_pump",
            "customers_heatstation_changelist",
            ("customers.view_heatstation",),
        ),
        Item(
            pgettext_lazy("plural", "二次网环路"),
            "conversion_path",
            "customers_loop_changelist",
            ("customers.view_loop",),
        ),
        Item(
            pgettext_lazy("plural", "台账导入"),
            "upload_file",
            "billing_accountimport_changelist",
            ("billing.view_accountimport",),
        ),
    ),
)
