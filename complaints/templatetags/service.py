"""Template filters for due times, promises and states of tickets."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.actor_names import name_of
from complaints.models import Ticket
from complaints.promises.words import (
    DueMark,
    due_date_text,
    due_mark,
    due_text,
    promise_text,
    span_text,
)
from office.clock import minutes
from office.models import User

register = template.Library()

_LOOKS = {
    "open": "badge-warn",
    "assigned": "badge-info",
    "working": "badge-info",
    "handed_over": "badge-info",
    "joined": "badge-accent",
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
def due(at: datetime | None) -> str:
    """Returns the due time as "11-23 24:00"; empty while a pause leaves it open."""
    return due_text(at) if at else ""


@register.filter
def due_date(at: datetime | None) -> str:
    """Returns the due time with its year, "2026-11-23 24:00"."""
    return due_date_text(at) if at else ""


@register.filter
def promised(ticket: Ticket) -> str:
    """Returns the promise in the words that the caller hears."""
    return promise_text(ticket.kind, ticket.due_at) if ticket.due_at else ""


@register.filter
def mark(ticket: Ticket) -> DueMark | None:
    """Returns the mark of the due time: overdue, soon due or paused."""
    return due_mark(ticket.due_at, ticket.clock_state, timezone.now())


@register.filter
def outside_mark(ticket: Ticket) -> DueMark | None:
    """Returns the mark of the 12345 deadline, which no pause moves."""
    return due_mark(ticket.outside_due_at, ticket.clock_state, timezone.now())


@register.filter
def next_mark(ticket: Any) -> DueMark | None:
    """Returns the mark of whichever ends first, our promise or the 12345 deadline."""
    return due_mark(ticket.next_due_at, ticket.clock_state, timezone.now())


@register.filter
def actor_name(user: User | None, label: str) -> str:
    """Returns the name of the actor, or the label that the record stores."""
    return name_of(user, label)


@register.filter
def look(state: str) -> str:
    """Returns the colour class of a state; an open ticket is not shown as good news."""
    return _LOOKS.get(str(state), "")


@register.filter
def span(length: timedelta) -> str:
    """Returns a duration in words."""
    return span_text(length)


@register.filter
def in_minutes(length: timedelta) -> int:
    """Returns whole minutes, rounded down as the clock counts them."""
    return minutes(length)


@register.filter
def reason(text: str) -> str:
    """Returns in the reader's language why an interval counts; the clock itself uses Chinese."""
    translations = {
        "连续计时": _("连续计时"),
        "工作日": _("工作日"),
        "周末": _("周末"),
        "法定节假日": _("法定节假日"),
        "等待用户": _("等待用户"),
        "返工，首次计时不停": _("返工，首次计时不停"),
    }
    _waiting, _colon, why = text.partition("：")
    # Why a customer keeps us waiting is a choice of ours, which the catalogue knows.
    return _("等待用户：%(why)s") % {"why": _(why)} if why else translations.get(text, text)
