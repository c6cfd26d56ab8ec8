"""The sidebar's entries for the arrangements of customer service."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

SERVICE_RULES = Group(
    _("服务安排"),
    (
        Item(
            pgettext_lazy("plural", "值班"),
            "event_available",
            "complaints_dutyperiod_changelist",
            ("complaints.view_dutyperiod",),
        ),
        Item(
            pgettext_lazy("plural", "班组"),
            "groups",
            "complaints_crew_changelist",
            ("complaints.view_crew",),
        ),
        Item(
            pgettext_lazy("plural", "时限规则"),
            "timer",
            "complaints_promiserule_changelist",
            ("complaints.view_promiserule",),
        ),
        Item(
            pgettext_lazy("plural", "回访规则"),
            "rule",
            "complaints_callbackpolicy_changelist",
            ("complaints.view_callbackpolicy",),
        ),
        Item(
            pgettext_lazy("plural", "短信"),
            "sms",
            "customers_message_changelist",
            ("customers.view_message",),
        ),
    ),
)
