"""The look of the back office: the settings of django-unfold."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _


def stylesheet(request: HttpRequest) -> str:
    return static("heating/heating.css")


def script(request: HttpRequest) -> str:
    return static("heating/unfold-csp.js")


def icon(request: HttpRequest | None = None) -> str:
    return static("heating/icon.svg")


def login_picture(request: HttpRequest) -> str:
    return static("heating/login.svg")


# Fired clay: white on 600 has a contrast of 5.0, 500 on the dark page 5.5.
CLAY = {
    "50": "oklch(98% .013 56)",
    "100": "oklch(95.3% .03 54)",
    "200": "oklch(90.5% .058 50)",
    "300": "oklch(84% .095 47)",
    "400": "oklch(75% .135 44)",
    "500": "oklch(66.5% .16 41)",
    "600": "oklch(56% .155 38)",
    "700": "oklch(48.5% .135 37)",
    "800": "oklch(41.5% .11 37)",
    "900": "oklch(36% .085 38)",
    "950": "oklch(26% .06 38)",
}

# Greys with a slight tint of the same colour.
STONE = {
    "50": "oklch(98.5% .002 67)",
    "100": "oklch(96.7% .003 67)",
    "200": "oklch(92.4% .005 60)",
    "300": "oklch(86.9% .007 60)",
    "400": "oklch(70.9% .011 60)",
    "500": "oklch(54.8% .013 58)",
    "600": "oklch(44.4% .012 58)",
    "700": "oklch(36.8% .01 58)",
    "800": "oklch(27.4% .008 50)",
    "900": "oklch(21.2% .007 50)",
    "950": "oklch(14.7% .005 50)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("供热营业系统"),
    "SITE_HEADER": _("供热营业系统"),
    "SITE_SUBHEADER": _("营业 · 收费 · 客服"),
    "SITE_URL": None,
    "SITE_ICON": icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {"base": STONE, "primary": CLAY},
    "LOGIN": {"image": login_picture},
    "STYLES": [stylesheet],
    "SCRIPTS": [script],
    # The palette (Ctrl+K) finds pages by name; records come from the callback that the
    # admin site names, because only it knows what a person may see.
    "COMMAND": {"search_models": False, "show_history": False},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "heating.sidebar.sidebar",
    },
}
