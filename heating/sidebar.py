"""The sidebar: the groups and pages that a person may open, with the counts of what waits."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heating.sidebar_lines import SIDEBAR
from heating.waiting import waits_of_request


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the sidebar, with the pages this person may open; empty groups are left out.

    Nothing is said to unfold of permissions: what it does with one costs more than the page.
    """
    held = request.user.get_all_permissions()
    waits = {waiting.kind.key: waiting for waiting in waits_of_request(request)}
    front = {"title": _("工作台"), "icon": "dashboard", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [front]}]
    for title, items in SIDEBAR:
        open_to = [item.shown(waits) for item in items if not held.isdisjoint(item.permissions)]
        if open_to:
            groups.append({"title": title, "separator": True, "items": open_to})
    return groups
