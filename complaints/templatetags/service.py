"""Words and colours of customer service's screens."""

from django import template

register = template.Library()

_BADGES = {
    "open": "badge-warn",
    "assigned": "badge-info",
    "working": "badge-info",
    "handed_over": "badge-info",
    "joined": "badge-info",
    "resolved": "badge-good",
    "due": "badge-warn",
    "escalated": "badge-bad",
    "answered": "badge-good",
    "announced": "badge-info",
    "ongoing": "badge-bad",
    "restored": "badge-good",
    "published": "badge-good",
    "draft": "badge-warn",
    "satisfied": "badge-good",
    "fair": "badge-info",
    "dissatisfied": "badge-bad",
}


@register.filter
def service_badge(state: str) -> str:
    """The colour class of a state of customer service; an open ticket is no good news here."""
    return _BADGES.get(str(state), "")
