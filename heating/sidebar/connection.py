"""The sidebar's entries for grid connection."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

CONNECTION = Group(
    _("供热入网"),
    (
        Item(_("入网进度"), "view_kanban", "connection_board", ("customers.view_connection",)),
        Item(
            pgettext_lazy("plural", "年度入网计划"),
            "event_note",
            "customers_annualplan_changelist",
            ("customers.view_annualplan",),
        ),
        Item(
            pgettext_lazy("plural", "供热入网"),
            "add_home_work",
            "customers_connection_changelist",
            ("customers.view_connection",),
        ),
        Item(
            _("超期的入网"),
            "running_with_errors",
            "customers_connection_changelist",
            ("customers.hold_connection",),
            "?now=late",
            waits="late_connections",
        ),
        Item(
            pgettext_lazy("plural", "入网规定"),
            "rule",
            "customers_connectionrule_changelist",
            ("customers.view_connectionrule",),
        ),
        Item(
            pgettext_lazy("plural", "入网收费规定"),
            "price_change",
            "customers_connectionterms_changelist",
            ("customers.view_connectionterms",),
        ),
        Item(
            pgettext_lazy("plural", "入网材料清单"),
            "checklist",
            "customers_connectionpaperrule_changelist",
            ("customers.view_connectionpaperrule",),
        ),
    ),
)
