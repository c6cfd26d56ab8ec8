"""The sidebar: the groups and pages that a person may open, with the counts of what waits."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heating.sidebar.approvals import APPROVALS
from heating.sidebar.billing import BILLING
from heating.sidebar.connection import CONNECTION
from heating.sidebar.customers import CUSTOMERS
from heating.sidebar.money import MONEY
from heating.sidebar.organisation import ORGANISATION
from heating.sidebar.procurement import PROCUREMENT
from heating.sidebar.service import SERVICE
from heating.sidebar.service_rules import SERVICE_RULES
from heating.sidebar.system import SYSTEM
from heating.sidebar.till import TILL
from heating.waiting import sidebar_counts

# In the order of the sidebar.
GROUPS = (
    TILL,
    SERVICE,
    SERVICE_RULES,
    CUSTOMERS,
    CONNECTION,
    BILLING,
    MONEY,
    PROCUREMENT,
    APPROVALS,
    ORGANISATION,
    SYSTEM,
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Returns the groups with the pages that this person may open; empty groups are left out.

    The entries carry no permission for unfold to check: its check costs more than the whole page.
    """
    permissions = request.user.get_all_permissions()
    counts = sidebar_counts(request)
    front = {"title": _("工作台"), "icon": "dashboard", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [front]}]
    for group in GROUPS:
        open_to = [
            item.shown(counts)
            for item in group.items
            if not permissions.isdisjoint(item.permissions)
        ]
        if open_to:
            groups.append({"title": group.title, "separator": True, "items": open_to})
    return groups
