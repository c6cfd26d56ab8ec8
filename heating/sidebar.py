"""The sidebar: the groups and pages that a person may open, with the counts of what waits."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heating.sidebar_lines import SIDEBAR
from heating.waiting import sidebar_counts


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Returns the groups with the pages that this person may open; empty groups are left out.

    The entries carry no permission for unfold to check: its check costs more than the whole page.
    """
    permissions = request.user.get_all_permissions()
    counts = sidebar_counts(request)
    front = {"title": _("工作台"), "icon": "dashboard", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [front]}]
    for title, items in SIDEBAR:
        open_to = [
            item.shown(counts) for item in items if not permissions.isdisjoint(item.permissions)
        ]
        if open_to:
            groups.append({"title": title, "separator": True, "items": open_to})
    return groups
